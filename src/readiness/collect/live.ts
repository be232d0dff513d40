import { collectHardening } from '../../harden/collect/collect.ts';
import { seen, type Looked } from '../../domain/looked.ts';
import type { NodeContainer } from '../../domain/observation.ts';
import { refText } from '../../domain/object-ref.ts';
import { filesIn } from '../../observe/collectors/empty-dirs.ts';
import type { ObserveContext } from '../../observe/context.ts';
import { look } from '../../observe/look.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import { foldersOf } from '../cluster/data-place.ts';
import type { ClusterFacts } from '../cluster/facts.ts';
import type { ProbeAnswer, Snapshot, VolumeUse } from '../world/snapshot.ts';
import { worldOf } from '../world/world.ts';
import { collectClusterFacts } from './cluster-facts.ts';
import { takeSnapshot } from './snapshot.ts';

/** Everything that a report on a running stack is made from, apart from its history. */
export interface LiveLook {
  readonly snapshot: Snapshot;
  readonly facts: ClusterFacts;
  /** Single volumes that could not be looked into, one line each. */
  readonly unseen: readonly string[];
}

/** Probes are sent through a tunnel to each pod, ms. */
const probesDeadlineMs = 30_000;

async function probeAnswers(context: ObserveContext): Promise<readonly ProbeAnswer[]> {
  const { inventory } = await collectHardening(context);
  return inventory.workloads.flatMap(({ kind, namespace, name, probed }) =>
    Object.entries(probed).map(([container, answer]) => ({
      workload: refText({ kind, namespace, name }),
      container,
      answer,
    })),
  );
}

interface VolumeLooks {
  readonly uses: readonly VolumeUse[];
  readonly unseen: readonly string[];
}

/** What the emptyDir volumes of running pods hold, on the nodes; one that could not be looked into says why. */
async function volumeUses(context: ObserveContext, nodes: readonly NodeContainer[]): Promise<VolumeLooks> {
  const { reader, stack, clock } = context;
  const pods = (await reader.list(`/api/v1/namespaces/${stack.namespace}/pods`)).map((object) =>
    podFacts(object),
  );
  const uses: VolumeUse[] = [];
  const unseen: string[] = [];
  for (const pod of pods.filter(({ phase, deleting }) => phase === 'Running' && !deleting)) {
    // What is in memory nothing keeps, whoever looks; and the engine does not see it.
    for (const volume of pod.emptyDirs.filter((name) => !pod.emptyDirsInMemory.includes(name))) {
      const from = `emptyDir ${volume} of ${pod.name}`;
      const node = nodes.find(({ name }) => name === pod.node);
      const found = await look(clock, from, () => filesIn(context, node, pod, volume));
      const name = refText({ kind: 'Pod', namespace: pod.namespace, name: pod.name });
      if (found.looked) uses.push({ pod: name, volume, ...found.value });
      else unseen.push(`${from}: ${found.why}`);
    }
  }
  return { uses, unseen };
}

function usesOf(looks: Looked<VolumeLooks>): Looked<readonly VolumeUse[]> {
  return looks.looked ? { ...looks, value: looks.value.uses } : looks;
}

/** Volumes take a moment each, ms. */
const volumesDeadlineMs = 60_000;

/** Looks at a running stack and at the cluster below it. Reads only; whatever cannot be read says why. */
export async function lookLive(context: ObserveContext): Promise<LiveLook> {
  const { clock, provider, stack } = context;
  const { name } = stack.cluster;
  const answers = await look(clock, 'probes', () => probeAnswers(context), probesDeadlineMs);
  const volumes = await look(
    clock,
    'emptyDir volumes',
    async () => volumeUses(context, await provider.containers(name)),
    volumesDeadlineMs,
  );
  const looks = { answers, uses: usesOf(volumes) };
  const snapshot = await takeSnapshot(context, stack.namespace, looks);
  const facts = await collectClusterFacts(context, name, foldersOf(worldOf(snapshot)));
  return { snapshot, facts, unseen: seen(volumes)?.unseen ?? [] };
}
