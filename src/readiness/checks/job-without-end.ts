import { defineCheck } from '../define-check.ts';
import { edit } from '../judging/commands.ts';

/** backoffLimit is 6 when it is not set, which ends a Job that fails and not one that hangs (kubernetes.io, Jobs, Job termination). */
export const jobWithoutEnd = defineCheck({
  id: 'job-without-end',
  title: 'A Job that may run for ever',
  severity: 'low',
  why: 'One that hangs holds its claim and its lock, and the next one waits or runs beside it.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup',
  needs: ['Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(
        ({ kind, spec, status }) =>
          (kind === 'Job' || kind === 'CronJob') &&
          (spec.activeDeadlineSeconds ?? undefined) === undefined &&
          (kind === 'CronJob' || (status.succeeded ?? 0) === 0),
      )
      .map(({ kind, ref, spec }) => {
        const field = kind === 'CronJob' ? 'spec.jobTemplate.spec' : 'spec';
        return {
          object: ref,
          claim: 'Nothing ends it when it hangs.',
          evidence: [
            [`${field}.activeDeadlineSeconds`, 'not set'],
            [`${field}.backoffLimit`, String(spec.backoffLimit ?? '6 (the default)')],
          ],
          advice: { say: 'Set activeDeadlineSeconds to more than it ever takes.', command: edit(ref) },
        };
      }),
});
