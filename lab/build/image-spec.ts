import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import type { ProgramName } from './go-programs.ts';

const programNames = [
  'kubernetes',
  'k3d',
  'postgres-operator',
  'coredns',
  'pause',
] as const satisfies readonly ProgramName[];

const absolute = z.string().startsWith('/');

/** lab/images/NAME/image.json: what an image of backend `source` consists of, beside the files in its folder rootfs/. */
const imageSchema = z.strictObject({
  /** Reference that the cluster's manifests use. */
  name: z.string().regex(/^[a-z0-9./-]+:[a-z0-9.-]+$/),
  /** `scratch`: no packages. The two others name the Debian root file system, for the progress lines. */
  base: z.enum(['node', 'app', 'scratch']),
  packages: z.array(z.string()).default([]),
  binaries: z.record(absolute, z.enum(programNames)).default({}),
  links: z.record(absolute, z.string()).default({}),
  /** Path in the image to folder or file of the checkout. */
  copy: z.record(absolute, z.string()).default({}),
  entrypoint: z.array(z.string()).default([]),
  cmd: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  volumes: z.array(absolute).default([]),
  workdir: absolute.optional(),
  user: z.string().optional(),
  /** Nodes import it into their own containerd. */
  airgap: z.boolean().default(false),
  /** The PC's Docker engine has it. */
  loadInEngine: z.boolean().default(false),
});

export type ImageSpec = z.infer<typeof imageSchema> & {
  /** Folder of image.json. */
  readonly folder: string;
};

/** Reads every lab/images/NAME/image.json, in the order of their names. Throws on a file that does not fit the schema. */
export async function readImageSpecs(folder: string): Promise<readonly ImageSpec[]> {
  const names = (await readdir(folder)).sort();
  const files = names.map((name) => path.join(folder, name, 'image.json')).filter((file) => existsSync(file));
  return Promise.all(
    files.map(async (file) => {
      const parsed = imageSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
      if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
      return Object.assign(parsed.data, { folder: path.dirname(file) });
    }),
  );
}
