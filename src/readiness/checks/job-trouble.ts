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

function ofState({ kind, ref, spec, status }: Workload, isLive: boolean): readonly Draft[] {
  const drafts: Draft[] = [];
  const advice = { say: 'See why.', command: kubectl(ref, `describe ${kind.toLowerCase()}/${ref.name}`) };
  if (spec.suspend === true)
    drafts.push({
      object: ref,
      severity: 'low',
      claim: 'It is suspended: it does not run.',
      evidence: [['spec.suspend', 'true']],
      advice,
    });
  if (isLive && kind === 'CronJob' && (status.lastSuccessfulTime ?? '') === '')
    drafts.push({
      object: ref,
      severity: 'medium',
      claim: 'No run of it has ever succeeded.',
      evidence: [
        ['status.lastSuccessfulTime', 'not set'],
        ['status.lastScheduleTime', status.lastScheduleTime ?? 'not set'],
      ],
      advice,
    });
  if (isLive && (status.failed ?? 0) > 0 && (status.succeeded ?? 0) === 0)
    drafts.push({
      object: ref,
      severity: 'medium',
      claim: `${status.failed} of its pods have failed, and none has succeeded.`,
      evidence: [['status.failed', String(status.failed)]],
      advice,
    });
  return drafts;
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
