// `npm run release`: what is given to users, in dist/release/: the executable, the npm package, the installer, what a
// pooler image is built from, the licences of what they contain, and their checksums. Needs no network.
import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import packageFile from '../package.json' with { type: 'json' };
import { output } from '../lab/command.ts';
import { writeChecksums } from './release/checksums.ts';
import { makeExecutable } from './release/executable.ts';
import { makeNpmPackage } from './release/npm-package.ts';
import { writeNotices } from './release/notices.ts';
import { packPoolerImage } from './release/pooler-image.ts';

/** An executable that does not start here must not get out of here. Throws when it does not say its version. */
async function tryOut(executable: string): Promise<void> {
  const said = (await output([executable, '--version'])).trim();
  if (said !== packageFile.version) throw new Error(`${executable} --version says ${said}`);
}

/** Makes the release; the folder appears whole, or stays as it was. Throws what the parts of it throw. */
export async function makeRelease(folder: string): Promise<void> {
  const partial = `${folder}.${process.pid}.partial`;
  try {
    await mkdir(partial, { recursive: true });
    const executable = path.join(partial, packageFile.name);
    await makeExecutable(executable);
    await tryOut(executable);
    await writeNotices(partial);
    await makeNpmPackage(partial);
    await packPoolerImage(partial);
    const installer = path.join(partial, 'install.sh');
    await copyFile(path.join(import.meta.dirname, 'install.sh'), installer);
    await chmod(installer, 0o755);
    await writeChecksums(partial);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const folder = path.join(path.dirname(import.meta.dirname), 'dist', 'release');
  await makeRelease(folder);
  process.stdout.write(`${folder}\n`);
}
