import { defineCheck } from '../define-check.ts';
import { imageName } from '../judging/image.ts';
import { podField } from '../judging/subjects.ts';
import type { VolumeSpec } from '../world/pod-spec.ts';
import { serving } from '../world/relations.ts';

/** Programs whose only work is to keep data, by the last part of their image's name. */
const keepers =
  /^(postgres(ql)?|spilo-\d+|mysql|mariadb|percona.*|mongo(db)?|redis|valkey|cassandra|elasticsearch|opensearch|rabbitmq|kafka|etcd|zookeeper|minio|couchdb|influxdb|clickhouse(-server)?|neo4j)$/;

/** Often a cache, whose loss only slows things down. */
const caches = /^(redis|valkey)$/;

const lastPart = (image: string) => imageName(image).name.split('/').at(-1) ?? '';
const isKeeper = (image: string) => keepers.test(lastPart(image));

/** Kinds of volumes that go with the pod, or that are made anew from the API (core/v1, VolumeSource). */
const goesWithPod = new Set(['name', 'emptyDir', 'configMap', 'secret', 'projected', 'downwardAPI', 'image']);

function outlivesPod(volume: VolumeSpec): boolean {
  return Object.entries(volume).some(
    ([kind, source]) => !goesWithPod.has(kind) && source !== null && source !== undefined,
  );
}

/** Only where no volume at all outlives the pod: an emptyDir is told by empty-dir-data. */
export const noVolumeForData = defineCheck({
  id: 'no-volume-for-data',
  title: 'A database without a volume',
  severity: 'high',
  why: 'Its files are in the container: a restart of the container deletes them.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#background',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet'],
  eachAlone: 'workload',
  judge: (world) =>
    serving(world).flatMap((workload) => {
      const { ref, pod, spec } = workload;
      const keeper = pod.containers.find(({ image }) => isKeeper(image));
      const keeps = spec.volumeClaimTemplates.length > 0 || pod.volumes.some((volume) => outlivesPod(volume));
      if (keeper === undefined || keeps) return [];
      const scratch = pod.volumes.some(({ emptyDir }) => Boolean(emptyDir));
      return [
        {
          object: ref,
          container: keeper.name,
          severity: caches.test(lastPart(keeper.image)) ? ('medium' as const) : ('high' as const),
          claim: scratch
            ? `${keeper.image} keeps its data in an emptyDir at best: they are gone with the pod.`
            : `${keeper.image} keeps its data in its container: they are gone with the next restart.`,
          evidence: [
            [`${podField(workload)}.containers[${keeper.name}].image`, keeper.image],
            [`${podField(workload)}.volumes`, 'none that outlives a pod'],
          ],
          advice: {
            say: 'Give it a PersistentVolumeClaim, unless it is only a cache; then say so in its name.',
          },
        },
      ];
    }),
});
