import { defineCheck } from '../define-check.ts';
import { patch } from '../judging/commands.ts';

/** The default is Allow (batch/v1). */
export const cronJobOverlaps = defineCheck({
  id: 'cron-job-overlaps',
  title: 'A CronJob that may run beside itself',
  severity: 'low',
  why: 'After a boot everything is slow, and a run that is not done gets a second one beside it.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#concurrency-policy',
  needs: ['CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(({ kind, spec }) => kind === 'CronJob' && (spec.concurrencyPolicy ?? 'Allow') === 'Allow')
      .map(({ ref, spec }) => ({
        object: ref,
        claim: 'Two runs of it may work at once.',
        evidence: [['spec.concurrencyPolicy', spec.concurrencyPolicy ?? 'Allow (the default)']],
        advice: {
          say: 'Forbid it, unless it is made for that.',
          command: patch(ref, { spec: { concurrencyPolicy: 'Forbid' } }),
        },
      })),
});
