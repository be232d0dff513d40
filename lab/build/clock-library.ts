import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { BuildCache, hashInputs } from './cache.ts';
import { openDebianArchive, suite } from './debian-archive.ts';
import { Progress } from '../progress.ts';

const library = 'libfaketime.so.1';

/**
 * Debian's libfaketime, unpacked into the build cache and installed nowhere: a program that is started with it (LD_PRELOAD)
 * sees another clock, and the machine's own is left alone. Returns the library's path.
 */
export async function clockLibrary(cacheDir: string, log: (line: string) => void): Promise<string> {
  const cache = new BuildCache(cacheDir, new Progress(path.join(cacheDir, 'times'), log), log);
  const folder = await cache.get({
    name: 'clock-library',
    expectedSeconds: 20,
    key: await hashInputs([suite, 'libfaketime']),
    build: async (into) => {
      const archive = await openDebianArchive(path.join(cacheDir, 'debian'));
      await archive.unpack('libfaketime', into);
    },
  });
  const files = await readdir(folder, { recursive: true });
  const found = files.find((file) => path.basename(file) === library);
  if (found === undefined) throw new Error(`the package libfaketime has no ${library}`);
  return path.join(folder, found);
}
