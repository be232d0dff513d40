// `npm run build`: one JavaScript file of `rekindle` for release, dist/rekindle.js, which needs no node_modules.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { build, type BuildOptions } from 'esbuild';

const root = path.dirname(import.meta.dirname);

/** Where the bundle is; `npm` installs it as the program `rekindle`. */
export const release = path.join(root, 'dist', 'rekindle.js');

/** Packages that were written for CommonJS use `require` and `__dirname`, which an ES module does not have. */
const banner = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const __dirname = import.meta.dirname;`;

export interface Bundled {
  readonly text: Uint8Array;
  /** Files that it was made of, from the root of the project. */
  readonly inputs: readonly string[];
}

/** How the program and its packages become part of a release, in whatever form. */
export const common = {
  entryPoints: [path.join(root, 'src', 'cli', 'main.ts')],
  bundle: true,
  write: false,
  metafile: true,
  absWorkingDir: root,
  platform: 'node',
  format: 'esm',
  target: 'node22.19',
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'none',
  // An optional native driver of pg that is not installed.
  external: ['pg-native'],
  logLevel: 'error',
} as const satisfies BuildOptions;

/** The program and its packages as one ES module. Throws what esbuild finds wrong. */
export async function bundled(): Promise<Bundled> {
  const { outputFiles, metafile } = await build({ ...common, outfile: release, banner: { js: banner } });
  const [file, ...others] = outputFiles;
  if (file === undefined || others.length > 0)
    throw new Error(`esbuild made ${outputFiles.length} files, not one`);
  return { text: file.contents, inputs: Object.keys(metafile.inputs) };
}

/**
 * Makes the bundle anew (about 1 s). It starts with a third of the CPU that the many files take, which counts at a
 * boot. Whoever runs the old one meanwhile is not disturbed. Throws what esbuild finds wrong.
 */
export async function bundle(): Promise<string> {
  const { text } = await bundled();
  await mkdir(path.dirname(release), { recursive: true });
  const half = `${release}.${process.pid}`;
  await writeFile(half, text, { mode: 0o755 });
  await rename(half, release);
  return release;
}

if (process.argv[1] === import.meta.filename) process.stderr.write(`${await bundle()}\n`);
