import { defineCheck } from '../define-check.ts';
import { refText } from '../../domain/object-ref.ts';
import { shownNames } from '../../domain/shown-name.ts';
import { isScratch } from '../judging/scratch-path.ts';
import { writtenPaths } from '../judging/written-paths.ts';
import { podsOf, serving } from '../world/relations.ts';

/** Looked up on the node: what a volume is for, only what is in it tells. */
export const emptyDirHoldsFiles = defineCheck({
  id: 'empty-dir-holds-files',
  title: 'Files that are there now and die with their pod',
  severity: 'high',
  why: 'The next update, drain or eviction deletes them, and so does `k3d cluster stop` on a server node.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#emptydir',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'uses'],
  eachAlone: 'workload',
  isLive: true,
  judge: (world) =>
    serving(world).flatMap((workload) =>
      podsOf(world, workload).flatMap((pod) =>
        world.uses
          .filter((use) => use.pod === refText(pod.ref) && use.names.length > 0)
          .map(({ volume, names, isWhole }) => {
            const paths = writtenPaths(workload, volume);
            // By its name it is for what can be made again; then it is only worth knowing that something is there.
            const isOnlyScratch = paths.length > 0 && paths.every((path) => isScratch(path));
            return {
              object: workload.ref,
              severity: isOnlyScratch ? ('info' as const) : ('high' as const),
              claim: `${paths.join(', ') || `Volume ${volume}`} of ${pod.ref.name} holds ${isWhole ? names.length : `more than ${names.length}`} file(s).`,
              evidence: [[`emptyDir ${volume}`, shownNames(names, isWhole), pod.ref]] as const,
              advice: {
                say: 'Copy them out before anything deletes the pod, then move them to a PersistentVolumeClaim or object storage.',
                command: `kubectl -n ${pod.ref.namespace ?? 'default'} cp ${pod.ref.name}:${paths[0] ?? '/'} ./${volume}`,
              },
            };
          }),
      ),
    ),
});
