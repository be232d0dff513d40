import { isBackingOff } from '../../domain/crash-back-off.ts';
import { emptyDirFolder } from '../../domain/empty-dir.ts';
import type { EmptyDirFacts, FilesInFolder, NodeContainer, PodFacts } from '../../domain/observation.ts';
import type { ObserveContext } from '../context.ts';
import { look } from '../look.ts';

/** More than this is not read: that there is something is all that counts then, bytes. */
const limitBytes = 4 * 1024 * 1024;

/** One folder is read in a fraction of a second; an engine that is busy is asked again in the next pass, ms. */
const deadlineMs = 3000;

/** Nothing of the pod runs while it is looked at, so nothing changes quickly, ms. */
const keptMs = 3000;

/** A pod that may be deleted, because it waits out a crash back-off, and whose volumes would go with it. */
function isAtRisk(pod: PodFacts): boolean {
  return !pod.deleting && pod.emptyDirs.length > 0 && isBackingOff(pod);
}

/**
 * Whatever is in the volume and is no folder: a link, a pipe or a device counts as a file does. A socket cannot be seen,
 * because no tar archive holds one (Go archive/tar, FileInfoHeader), and is nothing to keep: whoever made it has ended.
 */
export async function filesIn(
  { provider }: Pick<ObserveContext, 'provider'>,
  node: NodeContainer | undefined,
  pod: PodFacts,
  volume: string,
): Promise<FilesInFolder> {
  if (pod.emptyDirsInMemory.includes(volume))
    throw new Error('it is kept in memory, where the container engine does not see it');
  if (node?.state !== 'running') throw new Error('its node does not run');
  const path = emptyDirFolder(pod.uid, volume);
  const signal = AbortSignal.timeout(deadlineMs);
  const folder = await provider.readArchive(node.id, { path, limitBytes, signal });
  if (folder === undefined) throw new Error('its node has no such folder');
  const { entries, isWhole } = folder;
  const [root] = entries;
  if (root !== undefined && root.type !== 'directory') throw new Error('its folder on the node is none');
  const names = entries.filter(({ type }) => type !== 'directory').map((entry) => entry.path);
  if (!isWhole && names.length === 0) throw new Error('it has more folders than are looked at');
  return { names, isWhole };
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
          () => look(context.clock, from, () => filesIn(context, node, pod, volume)),
          (answer) => answer.looked,
        );
        return { podUid: pod.uid, volume, files };
      }),
    ),
  );
}
