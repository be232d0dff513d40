import { newestIncrement } from '../domain/append-only-file.ts';
import { shopKubectl } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { shop } from './shop.ts';
import { waitFor } from './wait-for.ts';

/** One page: what a file is longer by when its length was written and its last page was not, bytes. */
const pageBytes = 4096;

/** Keys that are written first, so that there is something in front of the damage. */
const keys = 20;

interface RedisFile {
  readonly node: string;
  readonly path: string;
}

async function onNode(lab: DrillLab, node: string, ...argv: readonly string[]): Promise<string> {
  return lab.docker(['exec', node, ...argv]);
}

async function sizeOf(lab: DrillLab, { node, path }: RedisFile): Promise<number> {
  return Number((await onNode(lab, node, 'wc', '-c', path)).trim().split(' ')[0]);
}

async function setSize(lab: DrillLab, { node, path }: RedisFile, size: number): Promise<void> {
  await onNode(lab, node, 'truncate', '-s', String(size), path);
  await onNode(lab, node, 'sync');
}

async function redisCli(lab: DrillLab, ...args: readonly string[]): Promise<string> {
  return (await shopKubectl(lab, ['exec', shop.redisPod, '-c', 'redis', '--', 'redis-cli', ...args])).trim();
}

async function field(lab: DrillLab, kind: string, name: string, path: string): Promise<string> {
  const value = (await shopKubectl(lab, ['get', kind, name, '-o', `jsonpath=${path}`])).trim();
  if (value === '') throw new Error(`${kind} ${name} has no ${path}`);
  return value;
}

/** The file that Redis appends to, on the node that keeps it. */
async function redisFile(lab: DrillLab): Promise<RedisFile> {
  const node = await field(lab, 'pod', shop.redisPod, '{.spec.nodeName}');
  const volume = await field(lab, 'pvc', shop.redisClaim, '{.spec.volumeName}');
  const folder = await field(lab, 'pv', volume, '{.spec.hostPath.path}{.spec.local.path}');
  const files = `${folder}/${shop.redisFolder}`;
  const newest = newestIncrement(await onNode(lab, node, 'cat', `${files}/appendonly.aof.manifest`));
  if (newest === undefined) throw new Error('the manifest of Redis names no incremental file');
  return { node, path: `${files}/${newest}` };
}

/**
 * Makes the file longer without data, as a loss of power does when the new length was on disk before the bytes. Redis
 * lets go of the file first: what it added behind the NUL bytes would make another fault of it.
 */
async function damage(lab: DrillLab): Promise<RedisFile & { readonly size: number }> {
  for (let key = 0; key < keys; key += 1) await redisCli(lab, 'SET', `rekindle-drill:${key}`, 'kept');
  const answer = await redisCli(lab, 'CONFIG', 'SET', 'appendonly', 'no');
  if (answer !== 'OK') throw new Error(`Redis does not let go of its file: ${answer}`);
  const file = await redisFile(lab);
  const size = await sizeOf(lab, file);
  await setSize(lab, file, size + pageBytes);
  return { ...file, size };
}

/** A loss of power leaves a page of NUL bytes at the end of Redis's append-only file: Redis does not start any more. */
export const redisFileDamaged = defineDrill({
  id: 'redis-file-damaged',
  title: "Redis's append-only file ends in NUL bytes after the power comes back",
  inject: async (lab) => {
    const { node, path, size } = await damage(lab);
    const at = new Date().toISOString();
    await lab.cut('power-loss');
    const boot = await lab.boot({ waitForEngine: true });
    return {
      cut: 'power-loss',
      engineStartedAt: boot.startedAt,
      facts: { node, path, size: String(size), at },
    };
  },
  proof: async (lab, { facts }) => {
    const args = ['logs', shop.redisPod, '-c', 'redis', `--since-time=${facts['at']}`];
    const line = await waitFor('a refusal in the log of Redis', 180, async () => {
      const log = await shopKubectl(lab, args);
      return log.split('\n').find((text) => text.includes('Bad file format reading the append only file'));
    });
    return { proven: true, evidence: line };
  },
  expectedFindings: ['redis-append-only-file-damaged'],
  undo: async (lab, { facts }) => {
    const file = { node: facts['node'] ?? '', path: facts['path'] ?? '' };
    const path = 'jsonpath={.status.containerStatuses[0].ready}';
    const ready = await shopKubectl(lab, ['get', 'pod', shop.redisPod, '-o', path]);
    // Healed: the same size may then be one that Redis has reached by itself.
    if (ready.trim() === 'true') return;
    const size = Number(facts['size']);
    if ((await sizeOf(lab, file)) === size + pageBytes) await setSize(lab, file, size);
    await shopKubectl(lab, ['delete', 'pod', shop.redisPod, '--wait=false']);
  },
});
