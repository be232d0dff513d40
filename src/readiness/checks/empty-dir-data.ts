import { defineCheck, type Draft } from '../define-check.ts';
import { isScratch } from '../judging/scratch-path.ts';
import { podField } from '../judging/subjects.ts';
import { writtenPaths } from '../judging/written-paths.ts';
import { serving } from '../world/relations.ts';
import type { Workload } from '../world/workload.ts';

function judge(workload: Workload): readonly Draft[] {
  return workload.pod.volumes.flatMap(({ name, emptyDir }): readonly Draft[] => {
    if (!emptyDir) return [];
    const paths = writtenPaths(workload, name);
    if (paths.every((path) => isScratch(path))) return [];
    return [
      {
        object: workload.ref,
        claim: `What is written to ${paths.join(', ')} dies with its pod.`,
        evidence: [
          [
            `${podField(workload)}.volumes[${name}].emptyDir`,
            emptyDir.medium === 'Memory' ? 'in memory' : 'on the node’s disk',
          ],
          ...paths.map((path) => [`volumeMounts[${name}].mountPath`, path] as const),
        ],
        advice: {
          say: 'Use a PersistentVolumeClaim or object storage for what must stay; `rekindle up --copy-out DIR` saves it until then.',
        },
      },
    ];
  });
}

/** Deleted with the pod, not with its containers (kubernetes.io, Volumes, emptyDir). */
export const emptyDirData = defineCheck({
  id: 'empty-dir-data',
  title: 'A place for files that die with their pod',
  severity: 'medium',
  why: 'An update, a drain, an eviction, and `k3d cluster stop` delete them; a restart of the container alone does not.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#emptydir',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  eachAlone: 'workload',
  judge: (world) => serving(world).flatMap((workload) => judge(workload)),
});
