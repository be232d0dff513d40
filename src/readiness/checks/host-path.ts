import { defineCheck } from '../define-check.ts';
import { podField } from '../judging/subjects.ts';

/** kubernetes.io, Volumes, hostPath: data differ from node to node. */
export const hostPath = defineCheck({
  id: 'host-path',
  title: 'A folder of the node',
  severity: 'medium',
  why: 'It is another folder on another node, nobody copies it, and in k3d it is inside the node’s container.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads.flatMap((workload) =>
      workload.pod.volumes.flatMap(({ name, hostPath: folder }) => {
        if (!folder) return [];
        const isReading = workload.pod.containers.every(({ volumeMounts }) =>
          volumeMounts.every((mount) => mount.name !== name || mount.readOnly === true),
        );
        return [
          {
            object: workload.ref,
            // Agents of the node itself look at the node on purpose.
            severity: isReading || workload.kind === 'DaemonSet' ? ('low' as const) : ('medium' as const),
            claim: `It uses ${folder.path} of whichever node it runs on${isReading ? ', for reading only' : ''}.`,
            evidence: [[`${podField(workload)}.volumes[${name}].hostPath.path`, folder.path]] as const,
            advice: { say: 'Use a PersistentVolumeClaim for data.' },
          },
        ];
      }),
    ),
});
