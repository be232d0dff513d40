import type { EmptyDirFacts, NodeContainer, PodFacts } from '../../domain/observation.ts';
import type { ObserveContext } from '../context.ts';
import { look } from '../look.ts';

/** Where every kubelet keeps these volumes (kubernetes pkg/volume/emptydir, pkg/kubelet/config defaults). */
const folderOf = (uid: string, volume: string) =>
  `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/${volume}`;

/** More than this is not read: that there is something is all that counts then, bytes. */
const limitBytes = 4 * 1024 * 1024;

/** Nothing of the pod runs while it is looked at, so nothing changes quickly, ms. */
const keptMs = 3000;

/** A pod that may be deleted, because it waits out a crash back-off, and whose volumes would go with it. */
function isAtRisk({ deleting, emptyDirs, containers }: PodFacts): boolean {
  return (
    !deleting &&
    emptyDirs.length > 0 &&
    containers.some(({ state, reason }) => state === 'waiting' && reason === 'CrashLoopBackOff')
  );
}

async function filesIn(
  { provider }: Pick<ObserveContext, 'provider'>,
  node: NodeContainer | undefined,
  uid: string,
  volume: string,
): Promise<readonly string[]> {
  if (node?.state !== 'running') throw new Error('its node does not run');
  const files = await provider.readFolder(node.id, folderOf(uid, volume), limitBytes);
  if (files === undefined) throw new Error('its node has no such folder');
  return files.map(({ name }) => name);
}

/**
 * What is in the emptyDir volumes of pods that may be deleted, looked up on their nodes: a container in a crash back-off
 * cannot be asked, and must not be started to be asked.
 */
export function collectEmptyDirs(
  context: ObserveContext,
  nodes: readonly NodeContainer[],
  pods: readonly PodFacts[],
): Promise<readonly EmptyDirFacts[]> {
  return Promise.all(
    pods.filter(isAtRisk).flatMap((pod) =>
      pod.emptyDirs.map(async (volume) => {
        const node = nodes.find(({ name }) => name === pod.node);
        const from = `volume ${volume} of ${pod.name} on ${pod.node ?? 'no node'}`;
        const files = await context.kept.ask<EmptyDirFacts['files']>(
          `${from} ${pod.uid}`,
          keptMs,
          () => look(context.clock, from, () => filesIn(context, node, pod.uid, volume)),
          (answer) => answer.looked,
        );
        return { podUid: pod.uid, volume, files };
      }),
    ),
  );
}
