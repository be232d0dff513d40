import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { output } from '../command.ts';
import { withLock } from '../lock.ts';
import { hashInputs, type BuildCache } from './cache.ts';
import { openDebianArchive, suite, type DebianArchive } from './debian-archive.ts';

/** Packages of every root file system. */
const basePackages = ['ca-certificates', 'iproute2', 'iptables', 'procps', 'python3-minimal'];

const hostCertificates = '/etc/ssl/certs/ca-certificates.crt';

/** What no container of the lab reads; every node unpacks its images, so that each megabyte counts. */
const unread = ['doc', 'man', 'info', 'locale', 'lintian', 'bug'];

/** A set of Debian packages that makes one root file system. */
export interface PackageSet {
  readonly name: string;
  readonly packages: readonly string[];
  readonly expectedSeconds: number;
}

async function debootstrap(archive: DebianArchive, folder: string): Promise<void> {
  const tool = path.join(folder, 'debootstrap');
  await archive.unpack('debootstrap', tool);
  const root = path.join(folder, 'root');
  await output(
    [
      path.join(tool, 'usr/sbin/debootstrap'),
      '--variant=minbase',
      `--include=${basePackages.join(',')}`,
      `--keyring=${archive.keyring}`,
      `--cache-dir=${archive.packages}`,
      suite,
      root,
      archive.mirror,
    ],
    { env: { DEBOOTSTRAP_DIR: path.join(tool, 'usr/share/debootstrap') }, timeoutSeconds: 1200 },
  );
  await rm(tool, { recursive: true });
  for (const name of unread) await rm(path.join(root, 'usr/share', name), { recursive: true, force: true });
  const excluded = unread.map((name) => `path-exclude=/usr/share/${name}/*\n`).join('');
  await writeFile(path.join(root, 'etc/dpkg/dpkg.cfg.d/rekindle'), excluded);
}

/** Settings of the machine's apt that decide how it reaches the archive (proxy, certificates), for apt in the chroot. */
async function acquireSettings(): Promise<string> {
  const settings = await output(['apt-config', 'dump', 'Acquire']);
  return settings
    .split('\n')
    .filter((line) => /^Acquire::(https?|ftp|Check-|Max-|Retries)/.test(line))
    .join('\n');
}

/** Installs packages inside the root file system without starting a service (policy-rc.d) and leaves no trace of apt. */
async function install(archive: DebianArchive, root: string, packages: readonly string[]): Promise<void> {
  const at = (file: string) => path.join(root, file);
  await copyFile('/etc/resolv.conf', at('etc/resolv.conf'));
  await writeFile(at('etc/apt/sources.list'), archive.sources);
  await writeFile(at('etc/apt/apt.conf.d/90rekindle'), `${await acquireSettings()}\n`);
  // The machine may trust a proxy's certificate that Debian's own bundle does not have.
  if (existsSync(hostCertificates)) await copyFile(hostCertificates, at('etc/ssl/certs/ca-certificates.crt'));
  await writeFile(at('usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n');
  await chmod(at('usr/sbin/policy-rc.d'), 0o755);
  await mkdir(at('var/cache/apt/archives'), { recursive: true });
  const script = `set -e
mount --bind "$1" "$2/var/cache/apt/archives"
mount -t proc proc "$2/proc"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
chroot "$2" apt-get update -qq
shift; root=$1; shift
chroot "$root" apt-get install -y -qq --no-install-recommends \\
  -o APT::Sandbox::User=root -o APT::Keep-Downloaded-Packages=true "$@"`;
  // Mounts live in a namespace of the script's own: they are gone when it ends, however it ends.
  await output(['unshare', '--mount', 'bash', '-c', script, 'install', archive.packages, root, ...packages], {
    timeoutSeconds: 1800,
  });
  await rm(at('var/lib/apt/lists'), { recursive: true });
  await rm(at('etc/apt/apt.conf.d/90rekindle'));
  await rm(at('usr/sbin/policy-rc.d'));
}

/** Builds root file systems from the cache's shared Debian base; opens the archive only when something is missing. */
export class RootFileSystems {
  readonly #cache: BuildCache;
  #archive: Promise<DebianArchive> | undefined;

  constructor(cache: BuildCache) {
    this.#cache = cache;
  }

  /** Folder of a Debian root file system with these packages; the same set is built once, whoever asks. */
  async get(set: PackageSet): Promise<string> {
    const base = await this.#base();
    const packages = [...new Set(set.packages)].sort();
    const folder = await this.#cache.get({
      name: `rootfs-${set.name}`,
      key: await hashInputs([await ownSource(), path.basename(base), ...packages]),
      expectedSeconds: set.expectedSeconds,
      build: (to) =>
        // One apt at a time: they share the folder of downloaded packages.
        withLock(
          path.join(this.#cache.root, 'apt.lock'),
          () => undefined,
          async () => {
            await output(['cp', '-a', path.join(base, 'root'), path.join(to, 'root')]);
            await install(await this.#open(), path.join(to, 'root'), packages);
          },
        ),
    });
    return path.join(folder, 'root');
  }

  async #base(): Promise<string> {
    return this.#cache.get({
      name: 'rootfs-base',
      key: await hashInputs([await ownSource(), suite, ...basePackages]),
      expectedSeconds: 60,
      build: async (to) => debootstrap(await this.#open(), to),
    });
  }

  #open(): Promise<DebianArchive> {
    this.#archive ??= openDebianArchive(path.join(this.#cache.root, 'debian'));
    return this.#archive;
  }
}

async function ownSource(): Promise<string> {
  return readFile(import.meta.filename, 'utf8');
}
