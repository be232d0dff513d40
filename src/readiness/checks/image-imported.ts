import { defineCheck, type Draft } from '../define-check.ts';
import { eachContainer, fieldOf, type Subject } from '../judging/subjects.ts';
import { podsOf } from '../world/relations.ts';

/** An image that a registry gave has a name with its digest; one that was imported has only its own id (CRI, Image.repo_digests). */
const isImported = (imageId: string) => imageId.startsWith('sha256:');

function judge(subject: Subject): Draft | undefined {
  const { world, workload, container } = subject;
  const statuses = podsOf(world, workload).flatMap(({ ref, statuses: main, initStatuses }) =>
    [...initStatuses, ...main]
      .filter(({ name, imageID }) => name === container.name && isImported(imageID))
      .map((status) => ({ ref, status })),
  );
  const [first] = statuses;
  if (first === undefined) return undefined;
  return {
    object: workload.ref,
    container: container.name,
    claim: `Image ${container.image} was imported into the nodes: no registry is known to have it.`,
    evidence: [
      [fieldOf(subject, 'image'), container.image],
      [`status.containerStatuses[${container.name}].imageID`, first.status.imageID, first.ref],
    ],
    advice: {
      say: 'Push it to a registry and name that; until then keep it with the backup: `docker save IMAGE`.',
      command: `docker save ${container.image} --output ${container.image.replaceAll(/[^\w.-]+/g, '_')}.tar`,
    },
  };
}

/** Nothing outside of the nodes has such an image: a node that is made anew lacks it, and so does every other cluster. */
export const imageImported = defineCheck({
  id: 'image-imported',
  title: 'An image that only these nodes have',
  severity: 'high',
  why: 'The kubelet deletes unused images when the disk gets full, and a new node or cluster has none of them: the pod then never starts again.',
  source: 'https://kubernetes.io/docs/concepts/architecture/garbage-collection/#containers-images',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  isLive: true,
  judge: (world) => eachContainer(world, judge),
});
