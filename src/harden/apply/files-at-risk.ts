import { shownNames } from '../../domain/shown-name.ts';
import type { PodFacts } from '../../domain/observation.ts';
import { filesIn } from '../../observe/collectors/empty-dirs.ts';
import { oneLine } from '../../observe/look.ts';
import type { HardenSession } from './session.ts';

/**
 * Why these pods must not be replaced: their emptyDir volumes go with them. Looked up on their nodes; what could not be
 * looked at counts as files. What is kept in memory is lost at every boot and counts as nothing.
 */
export async function filesAtRisk(
  { context }: Pick<HardenSession, 'context'>,
  pods: readonly PodFacts[],
): Promise<string | undefined> {
  const { provider, stack } = context;
  const kept = pods.flatMap((pod) =>
    pod.emptyDirs
      .filter((volume) => !pod.emptyDirsInMemory.includes(volume))
      .map((volume) => ({ pod, volume })),
  );
  if (kept.length === 0) return undefined;
  const nodes = await provider.containers(stack.cluster.name);
  for (const { pod, volume } of kept) {
    const node = nodes.find(({ name }) => name === pod.node);
    try {
      const { names, isWhole } = await filesIn(context, node, pod, volume);
      if (names.length > 0)
        return `new pods would lose what is in the emptyDir volume ${volume} of ${pod.name}: ${shownNames(names, isWhole)}`;
    } catch (error) {
      return `whether the emptyDir volume ${volume} of ${pod.name} holds files could not be seen: ${oneLine(error)}`;
    }
  }
  return undefined;
}
