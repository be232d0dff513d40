import { createHash } from 'node:crypto';
import path from 'node:path';

import type { BuildCache } from './cache.ts';
import { buildPrograms, type Programs } from './go-programs.ts';
import { readImageSpecs } from './image-spec.ts';
import { buildImages, type ImageArchives } from './images.ts';
import { RootFileSystems } from './root-file-system.ts';

/** Debian packages of the PC: a Docker engine and what it calls, and a systemd that can run the PC. */
const enginePackages = [
  'conntrack',
  'containerd',
  'dbus',
  'docker.io',
  'e2fsprogs',
  'ipset',
  'iptables',
  'kmod',
  'libpam-systemd',
  'mount',
  'runc',
  'systemd',
  'util-linux',
];

/** Folder of the PC's root file system; built when it is not there. */
export function pcRoot(rootFileSystems: RootFileSystems): Promise<string> {
  return rootFileSystems.get({ name: 'engine', packages: enginePackages, expectedSeconds: 60 });
}

/** Everything that backend `source` runs, as it lies in the cache. */
export interface LabParts {
  readonly engineRoot: string;
  readonly programs: Programs;
  readonly images: ImageArchives;
  /** Changes when an image changes: a cluster made of others has to be made anew. */
  readonly imagesKey: string;
}

/** Throws the first failure, but not before everything has come to its end: nothing goes on in the background. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<readonly [A, B]> {
  const settled = await Promise.allSettled([one, other]);
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  return Promise.all([one, other]);
}

/** Builds what is missing; packages come over the network while the compiler has the processors. */
export async function buildLabParts(cache: BuildCache, checkout: string): Promise<LabParts> {
  const rootFileSystems = new RootFileSystems(cache);
  const specs = await readImageSpecs(path.join(checkout, 'lab', 'images'));
  const packageSets = new Map(
    specs
      .filter((spec) => spec.base !== 'scratch')
      .map((spec) => [
        spec.packages.join(' '),
        { name: spec.base, packages: spec.packages, expectedSeconds: spec.base === 'app' ? 180 : 60 },
      ]),
  );
  const prepareRoots = async () => {
    const engineRoot = await pcRoot(rootFileSystems);
    for (const set of packageSets.values()) await rootFileSystems.get(set);
    return engineRoot;
  };
  const [programs, engineRoot] = await both(buildPrograms(cache), prepareRoots());
  const images = await buildImages({ cache, rootFileSystems, programs, checkout }, specs);
  const imagesKey = createHash('sha256').update(`${images.engine}\n${images.airgap}`).digest('hex');
  return { engineRoot, programs, images, imagesKey: imagesKey.slice(0, 16) };
}
