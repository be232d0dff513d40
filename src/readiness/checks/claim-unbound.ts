import { defineCheck, type Draft } from '../define-check.ts';
import { kubectl } from '../judging/commands.ts';
import { mountsClaim } from '../world/pod-spec.ts';
import { together } from '../world/relations.ts';
import type { ClaimFields } from '../world/storage.ts';
import type { Thing } from '../world/thing.ts';
import type { World } from '../world/world.ts';

/** Whether its class binds it to a volume only when a pod that mounts it is put on a node, and there is none yet. */
function waitsForPod(world: World, { ref, fields }: Thing<ClaimFields>): boolean {
  const storage = world.storageClasses.find(({ ref: own }) => own.name === fields.spec.storageClassName);
  return (
    fields.status.phase !== 'Lost' &&
    storage?.fields.volumeBindingMode === 'WaitForFirstConsumer' &&
    !world.pods.some((pod) => together(pod.ref, ref) && mountsClaim(pod.spec, ref.name))
  );
}

function draftOf(world: World, claim: Thing<ClaimFields>): Draft {
  const { ref, fields } = claim;
  const evidence = [
    ['status.phase', fields.status.phase ?? 'not set'],
    ['spec.storageClassName', fields.spec.storageClassName ?? 'not set'],
  ] as const;
  const command = kubectl(ref, `describe pvc/${ref.name}`);
  if (waitsForPod(world, claim))
    return {
      object: ref,
      severity: 'info',
      claim: 'It waits for the first pod that mounts it: no volume was made yet.',
      evidence,
      advice: { say: 'Nothing has to be done; delete it when no pod will ever come.', command },
    };
  return {
    object: ref,
    claim:
      fields.status.phase === 'Lost'
        ? 'Its volume is gone, and the data with it.'
        : 'No volume is bound to it.',
    evidence,
    advice: { say: 'See why.', command },
  };
}

/** Immediate classes bind at once; with WaitForFirstConsumer a claim waits for its first pod (kubernetes.io, Storage Classes). */
export const claimUnbound = defineCheck({
  id: 'claim-unbound',
  title: 'A claim without a volume',
  severity: 'high',
  why: 'The pod that mounts it waits for ever.',
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding',
  needs: ['PersistentVolumeClaim', 'StorageClass', 'Pod'],
  isLive: true,
  judge: (world) =>
    world.claims
      .filter(({ fields }) => fields.status.phase !== 'Bound')
      .map((claim) => draftOf(world, claim)),
});
