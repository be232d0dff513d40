import type { Finding } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import type { ContainerFacts, Observation, PodFacts } from '../../domain/observation.ts';
import { refText } from '../../domain/object-ref.ts';
import { isOfJob, isOver } from '../../domain/pod-selection.ts';
import { defineFault, type CheckContext } from '../define-fault.ts';

/** The kubelet tries again by itself, and right after a boot what it needs may still come; then a person has to look, ms. */
const patienceMs = 60_000;

/** Reasons with which the kubelet waits although nothing crashed (kubernetes pkg/kubelet/container, sync_result.go, and images/types.go). */
const configReasons = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);
const imageReasons = new Set(['ImagePullBackOff', 'ErrImagePull', 'ErrImageNeverPull', 'InvalidImageName']);

/** What an image may be called; anything else is no image, and nobody should paste it into a shell. */
const imageName = /^[\w][\w./:@-]*$/;

function byHand(container: ContainerFacts, pod: PodFacts, { stack }: CheckContext): string {
  const { message = '', image, reason = '' } = container;
  const missing = /(secret|configmap) "([^"]+)" not found/i.exec(message);
  if (missing !== null)
    return `Put ${missing[1] ?? ''} ${missing[2] ?? ''} back into namespace ${pod.namespace}; the kubelet then goes on by itself.`;
  if (imageReasons.has(reason) && imageName.test(image)) {
    return (
      `If no registry has ${image}, give it to the nodes again: k3d image import ${image} --cluster ${stack.cluster.name}\n` +
      'Otherwise look whether the registry runs and can be reached from the nodes.'
    );
  }
  return `kubectl -n ${pod.namespace} describe pod ${pod.name}`;
}

function judge(pod: PodFacts, observation: Observation, context: CheckContext): Finding[] {
  const container = [...pod.initContainers, ...pod.containers].find(
    ({ state, reason = '' }) =>
      state === 'waiting' && (configReasons.has(reason) || imageReasons.has(reason)),
  );
  if (container === undefined) return [];
  const object = { kind: 'Pod', namespace: pod.namespace, name: pod.name, uid: pod.uid };
  const since = context.firstSeen('container-not-created', refText(object));
  const isLasting = since !== undefined && observation.at - since >= patienceMs;
  const message = container.message ?? container.reason ?? '';
  const finding = {
    fault: 'container-not-created',
    layer: 'app',
    object,
    claim: `The kubelet cannot create container ${container.name} of ${pod.name}: ${message}`,
    evidence: [
      {
        object: `Pod ${pod.namespace}/${pod.name}`,
        field: `containers[${container.name}].state.waiting`,
        value: `${container.reason ?? ''}: ${message}`,
        at: observation.at,
      },
    ],
    causedBy: [],
  } as const;
  // A Job's pod comes and goes beside what serves; where something waits for the Job, that is told as well.
  if (isLasting)
    return [
      { ...finding, kind: isOfJob(pod) ? 'notice' : 'broken', byHand: byHand(container, pod, context) },
    ];
  return [{ ...finding, kind: isOfJob(pod) ? 'notice' : 'settling' }];
}

/**
 * The kubelet cannot even create a container: a Secret or ConfigMap that it names is gone, or its image is nowhere (images
 * that were imported by hand are lost to image garbage collection: k3s-io/k3s#1552, kubernetes/kubernetes#71869). A new
 * pod would wait for the same thing, so nothing is restarted.
 */
export const containerNotCreated = defineFault({
  id: 'container-not-created',
  layer: 'app',
  title: 'The kubelet cannot create a container',
  check: (observation, context) =>
    (seen(observation.pods) ?? [])
      .filter((pod) => !pod.deleting && !isOver(pod))
      .flatMap((pod) => judge(pod, observation, context)),
  remedy: () => [],
});
