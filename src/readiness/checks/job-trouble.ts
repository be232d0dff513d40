import { defineCheck, type Draft } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { podField } from '../judging/subjects.ts';
import type { Workload } from '../world/workload.ts';

const restarts = new Set(['Never', 'OnFailure']);

function ofPolicy(workload: Workload): readonly Draft[] {
  const { ref, pod } = workload;
  if (restarts.has(pod.restartPolicy ?? '')) return [];
  return [
    {
      object: ref,
      claim: 'Its pods would be restarted for ever: the API refuses it.',
      evidence: [[`${podField(workload)}.restartPolicy`, pod.restartPolicy ?? 'not set']],
      advice: { say: 'Set restartPolicy to Never or OnFailure.' },
    },
  ];
}

/** What is known of the runs of a CronJob. */
function ofRuns({ ref, status }: Workload, advice: Draft['advice']): readonly Draft[] {
  const { lastScheduleTime: started, lastSuccessfulTime: succeeded, active } = status;
  const evidence = [
    ['status.lastSuccessfulTime', succeeded ?? 'not set'],
    ['status.lastScheduleTime', started ?? 'not set'],
  ] as const;
  if (!started && !succeeded)
    return [
      {
        object: ref,
        severity: 'info',
        claim: 'It was never started yet: whether it works is not known.',
        evidence,
        advice: {
          say: 'Start it once by hand and see.',
          command: kubectl(ref, `create job ${ref.name}-by-hand --from=cronjob/${ref.name}`),
        },
      },
    ];
  const draft = (claim: string): Draft => ({ object: ref, severity: 'medium', claim, evidence, advice });
  if (!succeeded) return [draft('No run of it has ever succeeded.')];
  const isRunning = Array.isArray(active) && active.length > 0;
  const hasFailed = started && !isRunning && Date.parse(succeeded) < Date.parse(started);
  return hasFailed ? [draft('Its last run has not succeeded.')] : [];
}

function ofPods({ ref, status }: Workload, advice: Draft['advice']): readonly Draft[] {
  if ((status.failed ?? 0) === 0 || (status.succeeded ?? 0) > 0) return [];
  return [
    {
      object: ref,
      severity: 'medium',
      claim: `${status.failed} of its pods have failed, and none has succeeded.`,
      evidence: [['status.failed', String(status.failed)]],
      advice,
    },
  ];
}

function ofState(workload: Workload, isLive: boolean): readonly Draft[] {
  const { kind, ref, spec } = workload;
  const advice = { say: 'See why.', command: kubectl(ref, `describe ${kind.toLowerCase()}/${ref.name}`) };
  const suspended: Draft = {
    object: ref,
    severity: 'low',
    claim: 'It is suspended: it does not run.',
    evidence: [['spec.suspend', 'true']],
    advice,
  };
  return [
    ...(spec.suspend === true ? [suspended] : []),
    ...(isLive && kind === 'CronJob' ? ofRuns(workload, advice) : []),
    ...(isLive ? ofPods(workload, advice) : []),
  ];
}

/** What a backup or a migration that never ran looks like. */
export const jobTrouble = defineCheck({
  id: 'job-trouble',
  title: 'A Job that does not do its work',
  severity: 'high',
  why: 'Backups and clean-ups are Jobs, and nobody misses them until they are needed.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/',
  needs: ['Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(({ kind }) => kind === 'Job' || kind === 'CronJob')
      .flatMap((workload) => ofPolicy(workload).concat(ofState(workload, world.isLive))),
});
