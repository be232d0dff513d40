import { isDamagedCache, networkCacheFolders } from '../domain/network-cache.ts';
import type { DamagedFile, NodeContainer } from '../domain/observation.ts';
import type { ObserveContext } from './context.ts';

/** A node has a file or two of some KiB for each of at most a few hundred pods, bytes. */
const limitBytes = 8 * 1024 * 1024;

/** Times in an archive have whole seconds, ms. */
const roundingMs = 1000;

/**
 * The damaged files in a node's network caches that are older than the node's start. What is younger may be half written
 * this moment; what is older belongs to sandboxes whose network went with the power.
 */
export async function damagedNetworkCache(
  { provider }: Pick<ObserveContext, 'provider'>,
  { id, startedAt }: NodeContainer,
): Promise<readonly DamagedFile[]> {
  const found = await Promise.all(
    networkCacheFolders.map(async (folder) => {
      const files = (await provider.readFolder(id, folder, limitBytes)) ?? [];
      return files
        .filter(({ modifiedAt, bytes }) => modifiedAt + roundingMs < startedAt && isDamagedCache(bytes))
        .map(({ name, bytes, modifiedAt }) => ({
          path: `${folder}/${name}`,
          size: bytes.length,
          modifiedAt,
        }));
    }),
  );
  return found.flat();
}
