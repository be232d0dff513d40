import { chmod, copyFile, cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { execa } from 'execa';

import { hashInputs, type BuildCache } from './cache.ts';

/** Packages of every root file system. */
const basePackages = ['ca-certificates', 'iproute2', 'procps', 'iptables'];
const suite = 'bookworm';

/** Address of the Debian archive that this machine itself uses; the lab never names one of its own. */
async function debianArchive(): Promise<string> {
  const result = await execa('apt-get', ['download', '--print-uris', 'base-files'], { reject: false });
  const uri = /'(https?:\/\/[^']+?)\/pool\//.exec(result.stdout)?.[1];
  if (uri === undefined) {
    throw new Error('apt does not know where Debian packages come from: run `apt-get update` and try again');
  }
  return uri;
}

/** Downloads debootstrap and unpacks it into the folder: nothing is installed on this machine. */
async function unpackDebootstrap(folder: string): Promise<string> {
  await execa('apt-get', ['update', '-qq']);
  await execa('apt-get', ['download', 'debootstrap'], { cwd: folder });
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Error('apt-get download left no debootstrap package');
  const tool = path.join(folder, 'debootstrap');
  await execa('dpkg-deb', ['-x', path.join(folder, archive), tool]);
  return tool;
}

async function bootstrap(folder: string): Promise<void> {
  const work = path.join(folder, 'work');
  await mkdir(work);
  const tool = await unpackDebootstrap(work);
  const archive = await debianArchive();
  const root = path.join(folder, 'root');
  const include = `--include=${basePackages.join(',')}`;
  await execa(path.join(tool, 'usr/sbin/debootstrap'), ['--variant=minbase', include, suite, root, archive], {
    env: { ...process.env, DEBOOTSTRAP_DIR: path.join(tool, 'usr/share/debootstrap') },
  });
  await rm(work, { recursive: true });
}

/** Installs packages inside a root file system; services are not started (policy-rc.d). */
async function install(root: string, packages: readonly string[]): Promise<void> {
  await copyFile('/etc/resolv.conf', path.join(root, 'etc/resolv.conf'));
  await writeFile(path.join(root, 'etc/apt/sources.list'), `deb ${await debianArchive()} ${suite} main\n`);
  await cp('/etc/ssl/certs', path.join(root, 'etc/ssl/certs'), {
    recursive: true,
    dereference: true,
    force: true,
  });
  await cp('/etc/apt/apt.conf.d', path.join(root, 'etc/apt/apt.conf.d'), { recursive: true });
  const policy = path.join(root, 'usr/sbin/policy-rc.d');
  await writeFile(policy, '#!/bin/sh\nexit 101\n');
  await chmod(policy, 0o755);
  const env = { DEBIAN_FRONTEND: 'noninteractive', PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };
  const run = (args: readonly string[]) =>
    execa('chroot', [root, 'apt-get', ...args], { env, extendEnv: false, timeout: 900_000 });
  await run(['update', '-qq']);
  await run(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  await run(['clean']);
  await rm(path.join(root, 'var/lib/apt/lists'), { recursive: true });
}

/** Folder of a Debian root file system with these packages, from the cache. */
export async function rootFileSystem(
  cache: BuildCache,
  name: string,
  packages: readonly string[],
): Promise<string> {
  const own = await readFile(import.meta.filename, 'utf8');
  const base = await cache.get({
    name: 'rootfs-base',
    key: await hashInputs([own, suite, ...basePackages]),
    expectedSeconds: 60,
    build: bootstrap,
  });
  const built = await cache.get({
    name: `rootfs-${name}`,
    key: await hashInputs([own, path.basename(base), ...packages]),
    expectedSeconds: 90,
    build: async (folder) => {
      const root = path.join(folder, 'root');
      await execa('cp', ['-a', path.join(base, 'root'), root]);
      await install(root, packages);
    },
  });
  return path.join(built, 'root');
}
