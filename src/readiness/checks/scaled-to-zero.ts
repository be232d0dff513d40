import { defineCheck } from '../define-check.ts';
import { kubectl, target } from '../judging/commands.ts';

/** A wish of somebody, and an outage when they forget it. */
export const scaledToZero = defineCheck({
  id: 'scaled-to-zero',
  title: 'Scaled to zero',
  severity: 'medium',
  why: 'Nothing of it runs, and nothing will start it.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#scaling-a-deployment',
  needs: ['Deployment', 'StatefulSet'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(({ kind, spec }) => ['Deployment', 'StatefulSet'].includes(kind) && spec.replicas === 0)
      .map(({ ref }) => ({
        object: ref,
        claim: 'It is meant to have no pods.',
        evidence: [['spec.replicas', '0']],
        advice: {
          say: 'Scale it up when it is needed, or delete it when it is not.',
          command: kubectl(ref, `scale ${target(ref)} --replicas=1`),
        },
      })),
});
