import { randomBytes } from 'node:crypto';

import type { PoolerValues } from '../../domain/pooler-profiles.ts';
import { settingsOf } from '../../domain/profile-parameters.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { ProbeAnswer } from '../../domain/verdict.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import { checkContainer, checkPod, checkVerdict, type CheckVerdict } from '../../pooler/check-pod.ts';
import { checkSelector } from '../../pooler/names.ts';
import { oneLine } from '../../observe/look.ts';
import type { KubeObject, PodManifest } from '../../ports/cluster.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';

/** A pod of an image that its node has starts within seconds, also on a busy machine, ms. */
const patienceMs = 45_000;

const lookEveryMs = 300;

/** Reasons that no waiting changes (kubelet, pkg/kubelet/images and kuberuntime). */
const hopeless: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
]);

function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
}

function checkPods({ reader }: ActContext, namespace: string): Promise<readonly KubeObject[]> {
  return reader.list(podsPath(namespace), { labelSelector: checkSelector });
}

/** Removes every check pod, also one that a run which was killed has left behind. */
async function sweep(context: ActContext, namespace: string): Promise<void> {
  for (const { metadata } of await checkPods(context, namespace))
    await context.writer.deleteObject({
      path: `${podsPath(namespace)}/${encodeURIComponent(metadata.name)}`,
      uid: metadata.uid,
    });
}

function words(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part).join(': ');
}

async function noneLeft(
  { target: { namespace = '' } }: PlannedStep,
  context: ActContext,
): Promise<ProbeAnswer> {
  const left = (await checkPods(context, namespace)).map(({ metadata }) => metadata.name);
  return answer(
    context,
    left.length === 0,
    left.length === 0 ? 'its pod is gone' : `still there: ${left.join(', ')}`,
  );
}

/** What the pod has told so far; throws when it cannot come to a verdict. */
async function lookOnce(
  context: ActContext,
  target: { readonly namespace: string; readonly pod: string },
  settings: PoolerValues,
): Promise<{ readonly verdict?: CheckVerdict; readonly state: string }> {
  const object = await context.reader.get(`${podsPath(target.namespace)}/${target.pod}`);
  if (object === undefined) throw new Error('somebody removed the pod before PgBouncer was up');
  const { containers, reason, message } = podFacts(object);
  const [container] = containers;
  if (container === undefined) return { state: words(['not started yet', reason, message]) };
  if (container.state === 'waiting' || container.state === 'unknown') {
    const state = words([container.reason, container.message]);
    if (hopeless.has(container.reason ?? '')) throw new Error(`its container does not start (${state})`);
    return { state };
  }
  const ended = container.state === 'terminated';
  const log = await context.reader.logs({ ...target, container: checkContainer, tailLines: 50 });
  const verdict = checkVerdict(log, settings, ended);
  return { state: 'running', ...(verdict !== undefined && { verdict }) };
}

async function untilVerdict(
  context: ActContext,
  target: { readonly namespace: string; readonly pod: string },
  settings: PoolerValues,
): Promise<CheckVerdict> {
  const end = context.clock.monotonic() + patienceMs;
  for (;;) {
    context.signal.throwIfAborted();
    const { verdict, state } = await lookOnce(context, target, settings);
    if (verdict !== undefined) return verdict;
    if (context.clock.monotonic() > end)
      throw new Error(`no word from it after ${patienceMs / 1000} s (${state})`);
    await context.clock.sleep(lookEveryMs, context.signal);
  }
}

async function attempt(
  context: ActContext,
  namespace: string,
  pod: PodManifest,
  settings: PoolerValues,
): Promise<CheckVerdict> {
  try {
    await context.writer.createPod({ namespace, pod });
  } catch (error) {
    // The name is ours alone: the request was sent twice because its connection broke.
    if (!(error instanceof Error && error.name === 'Conflict')) throw error;
  }
  return untilVerdict(context, { namespace, pod: pod.metadata.name }, settings);
}

/**
 * Starts a real PgBouncer of the pooler's image on the settings before anything is changed. What it refuses fails the step,
 * with the line. Its pod is removed whatever happens; one that a killed run left goes with it.
 */
export const checkPoolerSettings = defineStep({
  name: 'check-pooler-settings',
  proofMs: 30_000,
  precondition: async () => undefined,
  run: async ({ target: { namespace = '' }, parameters }, context) => {
    const settings = settingsOf(parameters);
    const name = `rekindle-pooler-check-${randomBytes(5).toString('hex')}`;
    const { image = '', node } = parameters;
    await sweep(context, namespace);
    const [verdict] = await Promise.allSettled([
      attempt(context, namespace, checkPod({ name, image, node, settings }), settings),
    ]);
    const [removal] = await Promise.allSettled([sweep(context, namespace)]);
    const left = removal.status === 'rejected' ? `; its pod ends by itself: ${oneLine(removal.reason)}` : '';
    if (verdict.status === 'rejected') throw new Error(`not checked: ${oneLine(verdict.reason)}${left}`);
    if (!verdict.value.accepted) throw new Error(`${verdict.value.reason}${left}`);
    return `${verdict.value.version} of image ${image} starts on them${left}`;
  },
  probe: noneLeft,
});

/** Removes the pods of a check whose run was killed. */
export const removeCheckPods = defineStep({
  name: 'remove-check-pods',
  proofMs: 30_000,
  precondition: async () => undefined,
  run: async ({ target: { namespace = '' } }, context) => {
    await sweep(context, namespace);
    return 'removed what a check had left';
  },
  probe: noneLeft,
});
