import { posix } from 'node:path';

import { z } from 'zod';

import { baseName, newestIncrement } from '../domain/append-only-file.ts';
import { AppendOnlyScan, type AppendOnlyVerdict } from '../domain/append-only-scan.ts';
import type { AppendOnlyFile } from '../domain/observation.ts';
import type { KubeObject } from '../ports/cluster.ts';
import type { ObserveContext } from './context.ts';
import { nodePathOf } from './volume-path.ts';

/**
 * Largest file that is looked at, bytes. Redis rewrites an append-only file that has doubled beyond 64 MiB
 * (redis.conf, auto-aof-rewrite-min-size), so the caches of a local stack stay far below; a scan takes about 1 s.
 */
const limitBytes = 128 * 1024 * 1024;

/** A manifest has a line per file, a handful of them. */
const manifestLimitBytes = 64 * 1024;

/** Where Redis keeps its files unless told otherwise: the official image's folder; redis.conf, appenddirname. */
const defaults = { folder: '/data', appendFolder: 'appendonlydir' };

const containersShape = z.object({
  spec: z.object({
    containers: z.array(
      z.object({
        name: z.string(),
        command: z.array(z.string()).default([]),
        args: z.array(z.string()).default([]),
        workingDir: z.string().optional(),
      }),
    ),
  }),
});

/** What looking at a file needs: readers only. */
export type FileContext = Pick<ObserveContext, 'reader' | 'provider' | 'stack'>;

/** Where an append-only file lies. */
export type AppendOnlyPlace = Pick<AppendOnlyFile, 'nodeId' | 'node' | 'path'>;

/**
 * Finds an append-only file on the node that keeps it. Throws with the reason when it cannot be found or is not the
 * newest one: only that may be cut.
 */
export async function findAppendOnlyFile(
  context: FileContext,
  pod: KubeObject,
  container: string,
  name: string,
): Promise<AppendOnlyPlace> {
  const folder = appendFolder(pod, container);
  const { node, path } = await nodePathOf(context.reader, pod, container, folder);
  const containers = await context.provider.containers(context.stack.cluster.name);
  const found = containers.find((entry) => entry.name === node && entry.state === 'running');
  if (found === undefined) throw new Error(`node ${node} does not run`);
  const newest = newestIncrement(await readManifest(context, found.id, path, name));
  if (newest !== name)
    throw new Error(`the manifest names ${newest ?? 'no file'} as the newest, not ${name}`);
  return { nodeId: found.id, node, path: posix.join(path, name) };
}

/** Finds the file and judges it from its first byte to its last. Throws also when it is too large. */
export async function lookAtAppendOnlyFile(
  context: FileContext,
  pod: KubeObject,
  container: string,
  name: string,
): Promise<AppendOnlyFile> {
  const place = await findAppendOnlyFile(context, pod, container, name);
  return { ...place, ...(await judgeFile(context, place.nodeId, place.path)) };
}

/** Reads one file of a node and judges it as an append-only file. Throws when it cannot be read whole. */
export async function judgeFile(
  { provider }: Pick<FileContext, 'provider'>,
  nodeId: string,
  path: string,
): Promise<AppendOnlyVerdict> {
  const scan = new AppendOnlyScan();
  await provider.readFile(nodeId, { path, limitBytes, take: (chunk) => scan.push(chunk) });
  return scan.end();
}

async function readManifest(
  { provider }: FileContext,
  nodeId: string,
  folder: string,
  name: string,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  const path = posix.join(folder, `${baseName(name)}.manifest`);
  await provider.readFile(nodeId, {
    path,
    limitBytes: manifestLimitBytes,
    take: (chunk) => chunks.push(chunk),
  });
  return Buffer.concat(chunks).toString('utf8');
}

/** Absolute path of the folder inside the container. One that is set in a configuration file is not known here. */
function appendFolder(pod: KubeObject, name: string): string {
  const container = containersShape.parse(pod).spec.containers.find((entry) => entry.name === name);
  if (container === undefined) throw new Error(`the pod has no container ${name}`);
  const words = [...container.command, ...container.args].join(' ').split(/\s+/);
  const option = (key: string) => (words.includes(key) ? words[words.indexOf(key) + 1] : undefined);
  const folder = option('--dir') ?? container.workingDir ?? defaults.folder;
  const path = posix.join(folder, option('--appenddirname') ?? defaults.appendFolder);
  if (!posix.isAbsolute(path)) throw new Error(`the folder ${folder} of Redis is not an absolute path`);
  return path;
}
