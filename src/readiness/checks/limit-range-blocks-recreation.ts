import { defineCheck, type Draft } from '../define-check.ts';
import { quantity } from '../../domain/quantity.ts';
import { kubectl } from '../judging/commands.ts';
import { eachContainer, fieldOf, type Subject } from '../judging/subjects.ts';

type Amounts = Readonly<Record<string, string>>;

/** Which amounts of a container are outside of what is allowed, in words. */
function outside(
  { requests, limits }: { readonly requests: Amounts; readonly limits: Amounts },
  { min, max }: { readonly min: Amounts; readonly max: Amounts },
): readonly string[] {
  const low = Object.entries(min).filter(([name, least]) => {
    const said = requests[name] ?? limits[name];
    return said !== undefined && quantity(said) < quantity(least);
  });
  // A request alone above what is allowed is above the limit that is filled in.
  const high = Object.entries(max).filter(([name, most]) => {
    const said = limits[name] ?? requests[name];
    return said !== undefined && quantity(said) > quantity(most);
  });
  return [
    ...low.map(([name, least]) => `${name} ${requests[name] ?? limits[name]} is less than ${least}`),
    ...high.map(([name, most]) => `${name} ${limits[name] ?? requests[name]} is more than ${most}`),
  ];
}

function judge(subject: Subject): readonly Draft[] {
  const { world, workload, container } = subject;
  return world.limitRanges
    .filter(({ ref }) => ref.namespace === workload.ref.namespace)
    .flatMap(({ ref, fields }) =>
      fields.spec.limits
        .filter(({ type }) => type === 'Container')
        .flatMap((limit) => {
          const broken = outside(container.resources, limit);
          if (broken.length === 0) return [];
          return [
            {
              object: workload.ref,
              container: container.name,
              claim: `LimitRange ${ref.name} refuses its next pod: ${broken.join(', ')}.`,
              evidence: [
                [fieldOf(subject, 'resources'), JSON.stringify(container.resources)],
                ['spec.limits', JSON.stringify({ min: limit.min, max: limit.max }), ref],
              ] as const,
              advice: { say: 'Change one of the two.', command: kubectl(ref, `edit limitrange/${ref.name}`) },
            },
          ];
        }),
    );
}

/** A LimitRange is asked when a pod is made, never while it runs (kubernetes.io, Limit Ranges). */
export const limitRangeBlocksRecreation = defineCheck({
  id: 'limit-range-blocks-recreation',
  title: 'Limits that would block a new start',
  severity: 'high',
  why: 'Pods that run are not touched; the next ones are refused.',
  source: 'https://kubernetes.io/docs/concepts/policy/limit-range/',
  needs: ['LimitRange', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) => eachContainer(world, judge),
});
