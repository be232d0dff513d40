import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Runs the work with a folder of its own, which goes when the work ends, however it ends. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-release-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
