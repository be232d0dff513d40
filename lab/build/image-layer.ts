import { createHash } from 'node:crypto';
import { createReadStream, existsSync, lstatSync } from 'node:fs';
import { chmod, chown, cp, lstat, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import { output } from '../command.ts';
import type { Programs } from './go-programs.ts';
import type { ImageSpec } from './image-spec.ts';

/** A layer of an image: an uncompressed tar and its digest, which is its identity in every archive. */
export interface Layer {
  readonly file: string;
  readonly digest: string;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Packs the folder's content as layer.tar beside its digest; the same content always gives the same digest. */
export async function packLayer(content: string, into: string): Promise<void> {
  const file = path.join(into, 'layer.tar');
  const same = ['--sort=name', '--mtime=@0', '--numeric-owner', '--format=gnu'];
  const left = [
    '--exclude=./proc/*',
    '--exclude=./sys/*',
    '--exclude=./dev/*',
    '--exclude=./var/cache/apt/*',
  ];
  await output(['tar', ...same, ...left, '-C', content, '-cf', file, '.']);
  await writeFile(path.join(into, 'digest'), await sha256(file));
}

/** The layer that packLayer left in a folder. */
export async function readLayer(folder: string): Promise<Layer> {
  return {
    file: path.join(folder, 'layer.tar'),
    digest: await readFile(path.join(folder, 'digest'), 'utf8'),
  };
}

/** Folders that are links into /usr on Debian; a layer that brings them as folders would hide the links. */
const merged = new Set(['bin', 'sbin', 'lib', 'lib64']);

/** Where a path of the image lies in the layer when the base is Debian. */
export function mergedPath(file: string): string {
  const parts = file.split('/').filter((part) => part !== '');
  return merged.has(parts[0] ?? '') ? path.join('usr', ...parts) : path.join(...parts);
}

async function copyRootfs(from: string, content: string, place: (file: string) => string): Promise<void> {
  for (const name of await readdir(from)) {
    await cp(path.join(from, name), path.join(content, place(`/${name}`)), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

async function replaceLink(target: string, file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  await symlink(target, file);
}

/** A folder of the layer replaces the owner and mode of the base's folder, so it has to bring the same. */
async function takeFolderModes(content: string, base: string | undefined): Promise<void> {
  const entries = await readdir(content, { recursive: true, withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const folder of folders) {
    const below = base === undefined ? undefined : path.join(base, path.relative(content, folder));
    const stat = below !== undefined && existsSync(below) ? lstatSync(below) : undefined;
    await chown(folder, stat?.uid ?? 0, stat?.gid ?? 0);
    await chmod(folder, (stat?.mode ?? 0o755) & 0o7777);
  }
}

async function takeFileModes(content: string): Promise<void> {
  const entries = await readdir(content, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((found) => found.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    await chown(file, 0, 0);
    // A checkout's umask must not decide what a service of the image may read.
    await chmod(file, ((await lstat(file)).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}

/** What a layer is made of beside the image's own folder. */
export interface LayerInputs {
  readonly programs: Programs;
  readonly checkout: string;
  /** Root file system of the layer below, or undefined for `scratch`. */
  readonly base: string | undefined;
}

/** Gathers the image's own files (rootfs/, programs, copies, links) under `content`, owned by root. */
export async function gatherLayer(spec: ImageSpec, inputs: LayerInputs, content: string): Promise<void> {
  const place = inputs.base === undefined ? (file: string) => file.slice(1) : mergedPath;
  const at = (file: string) => path.join(content, place(file));
  await mkdir(content, { recursive: true });
  const rootfs = path.join(spec.folder, 'rootfs');
  if (existsSync(rootfs)) await copyRootfs(rootfs, content, place);
  for (const [file, source] of Object.entries(spec.copy)) {
    await cp(path.join(inputs.checkout, source), at(file), { recursive: true });
  }
  for (const [file, program] of Object.entries(spec.binaries)) {
    await mkdir(path.dirname(at(file)), { recursive: true });
    await cp(inputs.programs[program], at(file));
  }
  for (const [file, target] of Object.entries(spec.links)) await replaceLink(target, at(file));
  await takeFileModes(content);
  await takeFolderModes(content, inputs.base);
}
