import { defineCheck, type Draft } from '../define-check.ts';
import { patchPods } from '../judging/commands.ts';
import { pullPolicyOf, tagOf } from '../judging/image.ts';
import { eachContainer, fieldOf, type Subject } from '../judging/subjects.ts';

function judge(subject: Subject): Draft | undefined {
  const { workload, container } = subject;
  const policy = pullPolicyOf(container);
  const object = workload.ref;
  const evidence = [[fieldOf(subject, 'imagePullPolicy'), policy]] as const;
  if (policy === 'Never') {
    return {
      object,
      container: container.name,
      claim: `Image ${container.image} is never fetched: a node that does not have it cannot start ${container.name}.`,
      evidence,
      advice: {
        say: 'Use IfNotPresent and an image of a registry.',
        command: patchPods(object, {
          containers: [{ name: container.name, imagePullPolicy: 'IfNotPresent' }],
        }),
      },
    };
  }
  // Without a fixed version the policy is not what is wrong (image-not-pinned).
  if (policy !== 'Always' || tagOf(container.image) === undefined || tagOf(container.image) === 'latest')
    return undefined;
  return {
    object,
    container: container.name,
    severity: 'low',
    claim: `Each start of ${container.name} asks the registry: without a network, as right after a loss of power, it waits.`,
    evidence,
    advice: {
      say: 'IfNotPresent is enough where the version is fixed.',
      command: patchPods(object, {
        containers: [{ name: container.name, imagePullPolicy: 'IfNotPresent' }],
      }),
    },
  };
}

/** With Always the kubelet asks the registry at each start, even when it has the image (kubernetes.io, Image pull policy). */
export const pullPolicy = defineCheck({
  id: 'pull-policy',
  title: 'A start that depends on the registry, or on one node',
  severity: 'medium',
  why: 'A boot starts everything at once, and the way to the registry may not be up yet; an image that is never fetched ties the pod to nodes that have it.',
  source: 'https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy',
  needs: ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'],
  eachAlone: 'workload',
  judge: (world) => eachContainer(world, judge),
});
