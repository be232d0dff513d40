import { defineCheck } from '../define-check.ts';
import { matches } from '../world/relations.ts';
import { edit } from '../judging/commands.ts';

/** The API refuses such a workload (apps/v1); in a file it is found before. */
export const selectorMismatch = defineCheck({
  id: 'selector-mismatch',
  title: 'A workload that does not select its own pods',
  severity: 'high',
  why: 'The API refuses it: after a loss of the cluster it cannot be made again from these files.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector',
  needs: ['Deployment', 'StatefulSet', 'DaemonSet'],
  eachAlone: 'workload',
  isRefused: true,
  judge: (world) =>
    world.workloads
      .filter(
        ({ kind, selector, podLabels }) =>
          ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind) && !matches(selector, podLabels),
      )
      .map(({ ref, selector, podLabels }) => ({
        object: ref,
        claim: 'Its selector does not match the labels of its own pods.',
        evidence: [
          ['spec.selector', JSON.stringify(selector ?? 'not set')],
          ['spec.template.metadata.labels', JSON.stringify(podLabels)],
        ],
        advice: { say: 'Make the two equal.', command: edit(ref) },
      })),
});
