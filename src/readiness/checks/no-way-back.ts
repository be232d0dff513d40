import { defineCheck } from '../define-check.ts';
import { patch } from '../judging/commands.ts';

/** The default is 10 (apps/v1). */
export const noWayBack = defineCheck({
  id: 'no-way-back',
  title: 'No older version is kept',
  severity: 'low',
  why: '`kubectl rollout undo` has nothing to go back to.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#clean-up-policy',
  needs: ['Deployment', 'StatefulSet', 'DaemonSet'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(({ spec }) => spec.revisionHistoryLimit === 0)
      .map(({ ref }) => ({
        object: ref,
        claim: 'An update that goes wrong cannot be undone by one command.',
        evidence: [['spec.revisionHistoryLimit', '0']],
        advice: { say: 'Keep a few.', command: patch(ref, { spec: { revisionHistoryLimit: 5 } }) },
      })),
});
