import { defineCheck } from '../define-check.ts';
import { edit } from '../judging/commands.ts';

/** Since 1.21 the controller makes up for one missed time however many there were (kubernetes pkg/controller/cronjob; kubernetes/website#44525). */
export const cronJobMissed = defineCheck({
  id: 'cron-job-missed',
  title: 'A CronJob that does not know what is too late',
  severity: 'low',
  why: 'A PC that was off has missed its times: without a deadline a late run starts with the boot, when everything else does, or in the middle of the day.',
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
          say: 'Set startingDeadlineSeconds: many hours for what must happen however late, as a backup; minutes for what must not run by day.',
          command: edit(ref),
        },
      })),
});
