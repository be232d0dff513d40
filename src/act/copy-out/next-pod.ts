import { emptyDirFolder } from '../../domain/empty-dir.ts';
import type { NodeContainer, PodFacts } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { oneLine } from '../../observe/look.ts';
import type { ActContext } from '../define-step.ts';
import { podsOfOwner } from '../steps/owned-pods.ts';

/** A new pod's volumes are made within a second or two of its node being chosen; a busy node takes longer, ms. */
const deadlineMs = 120_000;

/** How often it is asked for, ms. */
const everyMs = 300;

/** So little is read of a folder to see whether it is there, bytes. */
const glanceBytes = 1;

/** A pod and the container of its node. */
export interface Place {
  readonly pod: PodFacts;
  readonly node: NodeContainer;
}

/** What is known of the pod that is waited for. */
export interface Expected {
  readonly old: PodFacts;
  /** uids of the owner's pods that were there before. */
  readonly known: ReadonlySet<string>;
}

/** The node's container of this name. Throws when it does not run. */
export async function runningNode(
  name: string | undefined,
  { provider, stack }: Pick<ActContext, 'provider' | 'stack'>,
): Promise<NodeContainer> {
  const containers = await provider.containers(stack.cluster.name);
  const node = containers.find((entry) => entry.name === name && entry.state === 'running');
  if (node === undefined) throw new Error(`node ${name ?? '(none)'} does not run`);
  return node;
}

/** The oldest pod that the controller has made since, once its node has a folder for each volume; undefined: not yet. */
async function nextPod(
  planned: PlannedStep,
  context: ActContext,
  { old, known }: Expected,
): Promise<Place | undefined> {
  const [pod] = (await podsOfOwner(planned, context))
    .filter(
      ({ uid, deleting, owner, node }) =>
        node !== undefined && !known.has(uid) && !deleting && owner?.kind === old.owner?.kind,
    )
    .toSorted((a, b) => a.createdAt - b.createdAt);
  if (pod === undefined) return undefined;
  const node = await runningNode(pod.node, context);
  for (const volume of old.emptyDirs) {
    const reading = { path: emptyDirFolder(pod.uid, volume), limitBytes: glanceBytes };
    if ((await context.provider.readArchive(node.id, reading)) === undefined) return undefined;
  }
  return { pod, node };
}

/**
 * Waits for the pod that takes the place of a deleted one, until its volumes are there. An API or an engine that gives no
 * answer for a moment is asked again. Throws at the deadline (2 min), with what was in the way last.
 */
export async function awaitNextPod(
  planned: PlannedStep,
  context: ActContext,
  expected: Expected,
): Promise<Place> {
  const { clock } = context;
  const end = clock.monotonic() + deadlineMs;
  let last = 'there is none';
  for (;;) {
    try {
      const place = await nextPod(planned, context, expected);
      if (place !== undefined) return place;
    } catch (error) {
      last = oneLine(error);
    }
    if (clock.monotonic() > end)
      throw new Error(`no new pod had these volumes after ${deadlineMs / 1000} s (${last})`);
    await clock.sleep(everyMs);
  }
}
