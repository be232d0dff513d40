import { defineCheck } from '../define-check.ts';

/** Of the pods that were read: others may bear it. */
export const nodeTaintExcludes = defineCheck({
  id: 'node-taint-excludes',
  title: 'A node that none of these pods may use',
  severity: 'info',
  why: 'It is there, and does not help when another one is away.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/',
  needs: ['Node', 'Pod'],
  isLive: true,
  judge: (world) =>
    world.nodes.flatMap(({ ref, fields }) =>
      fields.spec.taints
        .filter(({ effect }) => effect !== 'PreferNoSchedule')
        .filter(
          ({ key, value }) =>
            !world.pods.some(({ spec }) =>
              spec.tolerations.some(
                (toleration) =>
                  (toleration.key ?? '') === '' ||
                  (toleration.key === key &&
                    (toleration.operator === 'Exists' || (toleration.value ?? '') === (value ?? ''))),
              ),
            ),
        )
        .map(({ key, value, effect }) => ({
          object: ref,
          claim: `None of these pods bears the taint ${key}.`,
          evidence: [[`spec.taints[${key}]`, `${value ?? ''} ${effect}`.trim()]] as const,
          advice: {
            say: 'Take the taint off, or let pods bear it.',
            command: `kubectl taint nodes ${ref.name} ${key}-`,
          },
        })),
    ),
});
