import { defineCheck } from '../define-check.ts';

/**
 * Minor version that was the newest with maintenance when this was written (kubernetes.io, Releases: about 14 months each,
 * three at a time), so that what is older than two of them is known to have none.
 */
const newestKnown = 34;
const maintained = 3;

/** Only what is certain: a later version than the newest known is not judged. */
export const clusterVersionOld = defineCheck({
  id: 'cluster-version-old',
  title: 'A Kubernetes without maintenance',
  severity: 'medium',
  why: 'Faults in it are not mended any more, and managed clusters do not offer it: the way out leads over an upgrade.',
  source: 'https://kubernetes.io/releases/',
  needs: ['Node'],
  isLive: true,
  judge: (world) =>
    world.nodes.flatMap(({ ref, fields }) => {
      const { kubeletVersion } = fields.status.nodeInfo;
      const minor = Number(/^v1\.(\d+)\./.exec(kubeletVersion)?.[1]);
      if (!(minor <= newestKnown - maintained)) return [];
      return [
        {
          object: ref,
          claim: `Version ${kubeletVersion} has had no fixes since 1.${minor + maintained} came out and aged.`,
          evidence: [['status.nodeInfo.kubeletVersion', kubeletVersion]],
          advice: { say: 'Upgrade one minor version at a time.' },
        },
      ];
    }),
});
