import { defineCheck } from '../define-check.ts';
import { patch } from '../judging/commands.ts';

/** After more than 100 missed times a CronJob without a deadline starts nothing any more (kubernetes.io, CronJob, Deadline for delayed Job start). */
export const cronJobMissed = defineCheck({
  id: 'cron-job-missed',
  title: 'A CronJob that does not know what is too late',
  severity: 'low',
  why: 'A PC that was off for a while has missed many times: without a deadline a late run starts at once in the middle of the day, and after a hundred missed ones none ever starts.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline',
  needs: ['CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(
        ({ kind, spec }) => kind === 'CronJob' && (spec.startingDeadlineSeconds ?? undefined) === undefined,
      )
      .map(({ ref, spec }) => ({
        object: ref,
        claim: `What it missed at ${spec.schedule ?? 'its times'} it makes up for whenever it can.`,
        evidence: [['spec.startingDeadlineSeconds', 'not set']],
        advice: {
          say: 'Say how late a run may start.',
          command: patch(ref, { spec: { startingDeadlineSeconds: 600 } }),
        },
      })),
});
