import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { output } from '../command.ts';
import { hashInputs, type BuildCache } from './cache.ts';
import type { Programs } from './go-programs.ts';
import { gatherLayer, packLayer, readLayer, type Layer } from './image-layer.ts';
import type { ImageSpec } from './image-spec.ts';
import type { RootFileSystems } from './root-file-system.ts';

/** What the images of the lab are built with. */
export interface ImageInputs {
  readonly cache: BuildCache;
  readonly rootFileSystems: RootFileSystems;
  readonly programs: Programs;
  readonly checkout: string;
}

interface BuiltImage {
  readonly spec: ImageSpec;
  readonly layers: readonly Layer[];
}

const expectedSeconds = { node: 90, app: 180 } as const;

async function packageLayer(inputs: ImageInputs, root: string): Promise<Layer> {
  const folder = await inputs.cache.get({
    name: 'layer-packages',
    key: await hashInputs([root]),
    expectedSeconds: 10,
    build: (to) => packLayer(root, to),
  });
  return readLayer(folder);
}

async function ownLayer(inputs: ImageInputs, spec: ImageSpec, base: string | undefined): Promise<Layer> {
  const rootfs = path.join(spec.folder, 'rootfs');
  const copied = Object.values(spec.copy).map((source) => path.join(inputs.checkout, source));
  const folders = [rootfs, ...copied].filter((folder) => existsSync(folder));
  const programs = Object.values(spec.binaries).map((name) => inputs.programs[name]);
  const described = JSON.stringify([spec.binaries, spec.links, spec.copy, base ?? 'scratch', programs]);
  const folder = await inputs.cache.get({
    name: 'layer-files',
    key: await hashInputs([described], folders),
    expectedSeconds: 3,
    build: async (to) => {
      const content = path.join(to, 'content');
      await gatherLayer(spec, { ...inputs, base }, content);
      await packLayer(content, to);
      await rm(content, { recursive: true });
    },
  });
  return readLayer(folder);
}

async function buildImage(inputs: ImageInputs, spec: ImageSpec): Promise<BuiltImage> {
  if (spec.base === 'scratch') return { spec, layers: [await ownLayer(inputs, spec, undefined)] };
  const root = await inputs.rootFileSystems.get({
    name: spec.base,
    packages: spec.packages,
    expectedSeconds: expectedSeconds[spec.base],
  });
  return { spec, layers: [await packageLayer(inputs, root), await ownLayer(inputs, spec, root)] };
}

/** The image's configuration as `docker load` and containerd read it (OCI image spec, config.json). */
export function imageConfig({ spec, layers }: BuiltImage): string {
  return JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created: '2026-01-01T00:00:00Z',
    config: {
      Env: Object.entries({
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ...spec.env,
      }).map(([name, value]) => `${name}=${value}`),
      ...(spec.entrypoint.length > 0 ? { Entrypoint: spec.entrypoint } : {}),
      ...(spec.cmd.length > 0 ? { Cmd: spec.cmd } : {}),
      ...(spec.workdir === undefined ? {} : { WorkingDir: spec.workdir }),
      ...(spec.user === undefined ? {} : { User: spec.user }),
      Volumes: Object.fromEntries(spec.volumes.map((volume) => [volume, {}])),
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => `sha256:${layer.digest}`) },
    history: layers.map(() => ({ created: '2026-01-01T00:00:00Z', created_by: 'rekindle lab' })),
  });
}

/** Writes one archive (the format of `docker save`) of several images; a layer that they share is in it once. */
async function writeArchive(images: readonly BuiltImage[], work: string, file: string): Promise<void> {
  await mkdir(work);
  const manifest = [];
  for (const image of images) {
    const config = imageConfig(image);
    const configFile = `${createHash('sha256').update(config).digest('hex')}.json`;
    await writeFile(path.join(work, configFile), config);
    for (const layer of image.layers) {
      const link = path.join(work, `${layer.digest}.tar`);
      if (!existsSync(link)) await symlink(layer.file, link);
    }
    const layers = image.layers.map((layer) => `${layer.digest}.tar`);
    manifest.push({ Config: configFile, RepoTags: [image.spec.name], Layers: layers });
  }
  await writeFile(path.join(work, 'manifest.json'), JSON.stringify(manifest));
  await output(['tar', '--dereference', '--mtime=@0', '--sort=name', '-C', work, '-cf', file, '.']);
  await rm(work, { recursive: true });
}

async function archive(inputs: ImageInputs, name: string, images: readonly BuiltImage[]): Promise<string> {
  const parts = images.map((image) => image.spec.name + imageConfig(image));
  const folder = await inputs.cache.get({
    name: `images-${name}`,
    key: await hashInputs(parts),
    expectedSeconds: 10,
    build: (to) => writeArchive(images, path.join(to, 'work'), path.join(to, `${name}.tar`)),
  });
  return path.join(folder, `${name}.tar`);
}

/** The lab's images as two archives: for the PC's engine, and for the nodes' own containerd. */
export interface ImageArchives {
  readonly engine: string;
  readonly airgap: string;
}

/** Builds what is missing of all images. */
export async function buildImages(inputs: ImageInputs, specs: readonly ImageSpec[]): Promise<ImageArchives> {
  const images: BuiltImage[] = [];
  for (const spec of specs) images.push(await buildImage(inputs, spec));
  return {
    engine: await archive(
      inputs,
      'engine',
      images.filter((image) => image.spec.loadInEngine),
    ),
    airgap: await archive(
      inputs,
      'airgap',
      images.filter((image) => image.spec.airgap),
    ),
  };
}
