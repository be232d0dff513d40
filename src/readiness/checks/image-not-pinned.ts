import { defineCheck } from '../define-check.ts';
import { kubectl, target } from '../judging/commands.ts';
import { eachContainer, fieldOf } from '../judging/subjects.ts';
import { tagOf } from '../judging/image.ts';

/** A tag can be moved; a digest cannot (kubernetes.io, Images). */
export const imageNotPinned = defineCheck({
  id: 'image-not-pinned',
  title: 'An image without a fixed version',
  severity: 'medium',
  why: 'The next start, which a loss of power makes, may get another version, and there is no way back to the one before.',
  source: 'https://kubernetes.io/docs/concepts/containers/images/#image-names',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) =>
    eachContainer(world, (subject) => {
      const { workload, container } = subject;
      const tag = tagOf(container.image);
      if (tag !== undefined && tag !== 'latest') return undefined;
      return {
        object: workload.ref,
        container: container.name,
        claim:
          tag === undefined
            ? `Image ${container.image} has no tag: that means latest.`
            : `Image ${container.image} is whatever was built last.`,
        evidence: [[fieldOf(subject, 'image'), container.image]],
        advice: {
          say: 'Name a version, better a digest.',
          command: kubectl(workload.ref, `set image ${target(workload.ref)} ${container.name}=IMAGE:VERSION`),
        },
      };
    }),
});
