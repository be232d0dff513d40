import { defineCheck, type Draft } from '../define-check.ts';
import { patch } from '../judging/commands.ts';
import { singleWriterClaim } from '../world/relations.ts';
import { wantedPods, type Workload } from '../world/workload.ts';
import type { World } from '../world/world.ts';

function judge(world: World, workload: Workload): Draft | undefined {
  const { ref, spec } = workload;
  const claim = singleWriterClaim(world, workload);
  if (claim === undefined || (spec.strategy?.type ?? 'RollingUpdate') !== 'RollingUpdate') return undefined;
  const several = wantedPods(workload) > 1;
  return {
    object: ref,
    severity: several ? 'medium' : 'low',
    claim: several
      ? `${wantedPods(workload)} pods share claim ${claim.ref.name}, which one node may write: on another node they never start.`
      : `While it is updated two pods write claim ${claim.ref.name} at once, or the new one waits for ever on another node.`,
    evidence: [
      ['spec.strategy.type', spec.strategy?.type ?? 'RollingUpdate (the default)'],
      ['spec.accessModes', claim.fields.spec.accessModes.join(', '), claim.ref],
    ],
    advice: several
      ? {
          say: 'Use a StatefulSet with a claim for each pod, or a claim that many nodes may write (ReadWriteMany).',
        }
      : {
          say: 'Use strategy Recreate: the old pod ends before the new one starts.',
          command: patch(ref, { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } }),
        },
  };
}

/** ReadWriteOnce is per node, not per pod (kubernetes.io, Persistent Volumes, Access Modes). */
export const rollingUpdateSingleWriter = defineCheck({
  id: 'rolling-update-single-writer',
  title: 'Several pods want a volume that one node may write',
  severity: 'medium',
  why: 'On one node two pods write the same files at once; on two nodes one of them never starts.',
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes',
  needs: ['Deployment', 'PersistentVolumeClaim'],
  judge: (world) =>
    world.workloads.flatMap((workload) =>
      workload.kind === 'Deployment' ? (judge(world, workload) ?? []) : [],
    ),
});
