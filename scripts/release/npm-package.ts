import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import packageFile from '../../package.json' with { type: 'json' };
import { output } from '../../lab/command.ts';
import { bundled } from '../bundle.ts';
import { noticesName } from './notices.ts';
import { withTemporaryFolder } from './temporary-folder.ts';

const root = path.dirname(path.dirname(import.meta.dirname));

const program = 'dist/rekindle.js';

/** The published manifest: without dependencies, because the bundle holds them. */
function manifest(): object {
  const { name, version, description, license, type, engines } = packageFile;
  return { name, version, description, license, type, engines, bin: { rekindle: program } };
}

/** Makes `rekindle-VERSION.tgz` in the folder, which has the notices already; installing it fetches nothing. Throws CommandFailed. */
export async function makeNpmPackage(folder: string): Promise<void> {
  await withTemporaryFolder(async (source) => {
    const at = (file: string) => path.join(source, file);
    await mkdir(path.dirname(at(program)));
    await writeFile(at(program), (await bundled()).text, { mode: 0o755 });
    await writeFile(at('package.json'), `${JSON.stringify(manifest(), undefined, 2)}\n`);
    for (const text of ['README.md', 'LICENSE']) await copyFile(path.join(root, text), at(text));
    await copyFile(path.join(folder, noticesName), at(noticesName));
    await output(['npm', 'pack', '--offline', '--ignore-scripts', '--pack-destination', folder], {
      cwd: source,
    });
  });
}
