import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { output } from '../command.ts';

/** Debian release of the lab's root file systems. */
export const suite = 'bookworm';

const hostKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The Debian archive as this machine reaches it, with a private apt state: the machine's own package lists stay as they are. */
export interface DebianArchive {
  /** Address that debootstrap takes. */
  readonly mirror: string;
  readonly keyring: string;
  /** Lines of a sources.list, for apt inside the root file systems. */
  readonly sources: string;
  /** Folder of downloaded packages, shared by all root file systems, so that an interrupted build goes on where it was. */
  readonly packages: string;
  /** Downloads one package and unpacks it into the folder; nothing is installed. */
  unpack(name: string, into: string): Promise<void>;
}

interface Target {
  readonly uri: string;
  readonly release: string;
}

/** Picks what belongs to the suite from the lines that `apt-get indextargets` prints. */
export function suiteTargets(lines: string): readonly Target[] {
  const found = new Map<string, Target>();
  for (const line of lines.split('\n')) {
    const [uri = '', release = '', component = ''] = line.trim().split(' ');
    const ours = release === suite || release.startsWith(`${suite}-`) || release.startsWith(`${suite}/`);
    if (ours && component === 'main') found.set(`${uri} ${release}`, { uri, release });
  }
  return [...found.values()];
}

/** No root file system can be made: this machine's apt does not know where the suite is. */
export class NoDebianArchive extends Error {
  override readonly name = 'NoDebianArchive';
}

async function targets(): Promise<readonly Target[]> {
  const own = process.env['REKINDLE_LAB_DEBIAN_MIRROR'];
  if (own !== undefined) return [{ uri: own, release: suite }];
  const format = '$(REPO_URI) $(RELEASE) $(COMPONENT)';
  const found = suiteTargets(
    await output(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages']),
  );
  if (!found.some((target) => target.release === suite)) {
    throw new NoDebianArchive(
      `this machine's apt has no source for Debian ${suite}; name a mirror in REKINDLE_LAB_DEBIAN_MIRROR`,
    );
  }
  return found;
}

/** Debian's archive keys: the machine's own file, else (Ubuntu) the package that Ubuntu carries them in. */
async function archiveKeyring(folder: string): Promise<string> {
  if (existsSync(hostKeyring)) return hostKeyring;
  const unpacked = path.join(folder, 'keyring');
  const keyring = path.join(unpacked, hostKeyring);
  if (!existsSync(keyring)) await downloadAndUnpack('debian-archive-keyring', unpacked, []);
  return keyring;
}

async function downloadAndUnpack(name: string, into: string, options: readonly string[]): Promise<void> {
  const work = `${into}.download`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await output(['apt-get', ...options, '-o', 'APT::Sandbox::User=root', 'download', name], { cwd: work });
  const file = (await readdir(work)).find((entry) => entry.endsWith('.deb'));
  if (file === undefined) throw new Error(`apt-get download ${name} left no package`);
  await output(['dpkg-deb', '-x', path.join(work, file), into]);
  await rm(work, { recursive: true });
}

function sourcesList(found: readonly Target[], keyring: string): string {
  return found.map((target) => `deb [signed-by=${keyring}] ${target.uri} ${target.release} main\n`).join('');
}

/** Reads where this machine gets Debian from and fetches the package lists into `folder`. Throws NoDebianArchive. */
export async function openDebianArchive(folder: string): Promise<DebianArchive> {
  const found = await targets();
  const keyring = await archiveKeyring(folder);
  const packages = path.join(folder, 'packages');
  const lists = path.join(folder, 'lists');
  await mkdir(path.join(packages, 'partial'), { recursive: true });
  await mkdir(path.join(lists, 'partial'), { recursive: true });
  const list = path.join(folder, 'sources.list');
  await writeFile(list, sourcesList(found, keyring));
  const options = [
    `Dir::Etc::SourceList=${list}`,
    'Dir::Etc::SourceParts=-',
    `Dir::State::Lists=${lists}`,
    `Dir::Cache=${folder}`,
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  await output(['apt-get', ...options, 'update', '-qq'], { timeoutSeconds: 300 });
  return {
    mirror: found.find((target) => target.release === suite)?.uri ?? '',
    keyring,
    sources: sourcesList(found, hostKeyring),
    packages,
    unpack: (name, into) => downloadAndUnpack(name, into, options),
  };
}
