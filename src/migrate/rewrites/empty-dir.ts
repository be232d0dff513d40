import { valueAt } from '../manifest.ts';
import type { Rule } from '../rule.ts';
import { keepFiles } from './keep-files.ts';
import { looksLikeUploads, mountsText, podVolumes, type PodVolume } from './pod-volumes.ts';

const id = 'empty-dir';

/** Names of what a program wants to find again. */
const kept = /data|storage|persist|backup|queue|spool|state|\bdb\b/i;
/** Names of what may be lost: it is made again. */
const scratch = /tmp|temp|cache|scratch|work|run\b|lock|sock|shm|conf|cert|tls|static|logs?\b|plugin/i;

function judgement(volume: PodVolume): 'uploads' | 'kept' | 'scratch' | 'unclear' {
  const { name, mounts, source } = volume;
  if (valueAt(source, ['emptyDir', 'medium']) === 'Memory') return 'scratch';
  if (mounts.every(({ readOnly }) => readOnly)) return 'scratch';
  const words = [name, ...mounts.map(({ mountPath }) => mountPath)].join(' ');
  if (looksLikeUploads(volume)) return 'uploads';
  if (scratch.test(words)) return 'scratch';
  return kept.test(words) ? 'kept' : 'unclear';
}

/** Files that live in a pod and are gone with it. */
export const emptyDir: Rule = {
  id,
  looksFor: 'emptyDir volumes that hold uploads or data: gone whenever the pod is replaced',
  run: (bench, context) => {
    const volumes = bench.objects().flatMap(podVolumes);
    for (const volume of volumes.filter(({ source }) => source['emptyDir'] !== undefined)) {
      const judged = judgement(volume);
      const where = `${volume.name} (${mountsText(volume)})`;
      if (judged === 'unclear')
        bench.task(
          id,
          volume.workload,
          `Its emptyDir ${where} is empty after every replacement of the pod, and its name does not say what is in it.`,
          'If anything in it must outlive the pod, give it a PersistentVolumeClaim in the overlay; otherwise leave it.',
        );
      if (judged !== 'uploads' && judged !== 'kept') continue;
      const why =
        judged === 'uploads'
          ? `By its name ${where} holds files of users. Each pod has its own copy, and loses it when a node is upgraded or the pod is replaced.`
          : `By its name ${where} holds data. It is lost when a node is upgraded or the pod is replaced.`;
      keepFiles(bench, volume, context, { rule: id, why, areUploads: judged === 'uploads' });
    }
  },
};
