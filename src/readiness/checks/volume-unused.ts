import { defineCheck } from '../define-check.ts';

const claims: Readonly<Record<string, string>> = {
  Available: 'No claim is bound to it.',
  Pending: 'It is not ready to be bound.',
  Released: 'Its claim is gone; the data are still there, and nothing will bind it again by itself.',
  Failed: 'It could not be cleaned after its claim went.',
};

/** kubernetes.io, Persistent Volumes, Phase. */
export const volumeUnused = defineCheck({
  id: 'volume-unused',
  title: 'A volume that nothing uses',
  severity: 'low',
  why: 'It may be the data of before: deleted claims leave such volumes behind, and somebody cleans them up one day.',
  source: 'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase',
  needs: ['PersistentVolume'],
  isLive: true,
  judge: (world) =>
    world.volumes.flatMap(({ ref, fields }) => {
      const { phase } = fields.status;
      const claim = claims[phase ?? ''];
      const whose = fields.spec.claimRef?.namespace ?? undefined;
      const isOthers = whose !== undefined && !world.namespaces.includes(whose);
      if (claim === undefined || isOthers) return [];
      return [
        {
          object: ref,
          severity: phase === 'Failed' ? ('medium' as const) : ('low' as const),
          claim,
          evidence: [
            ['status.phase', phase ?? ''],
            ['spec.claimRef', fields.spec.claimRef?.name ?? 'none'],
          ],
          advice: {
            say: 'Look what is in it before anybody deletes it.',
            command: `kubectl describe pv ${ref.name}`,
          },
        },
      ];
    }),
});
