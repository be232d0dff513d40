// `npm run build`: one JavaScript file of `rekindle` for release, dist/rekindle.js, which needs no node_modules.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { build } from 'esbuild';

const root = path.dirname(import.meta.dirname);

/** Where the bundle is; `npm` installs it as the program `rekindle`. */
export const release = path.join(root, 'dist', 'rekindle.js');

/** Packages that were written for CommonJS use `require` and `__dirname`, which an ES module does not have. */
const banners = {
  esm: `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const __dirname = import.meta.dirname;`,
  cjs: '',
};

export interface Bundled {
  readonly text: Uint8Array;
  /** Files that it was made of, from the root of the project. */
  readonly inputs: readonly string[];
}

/** The program and its packages as one text: an ES module, or CommonJS. Throws what esbuild finds wrong. */
export async function bundled(format: 'esm' | 'cjs'): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    entryPoints: [path.join(root, 'src', 'cli', 'main.ts')],
    outfile: release,
    bundle: true,
    write: false,
    metafile: true,
    absWorkingDir: root,
    platform: 'node',
    format,
    target: 'node22.19',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    banner: { js: banners[format] },
    // An optional native driver of pg that is not installed.
    external: ['pg-native'],
    // CommonJS has no import.meta; esbuild would put an empty object there and only warn.
    logOverride: { 'empty-import-meta': 'error' },
    logLevel: 'error',
  });
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
  const { text } = await bundled('esm');
  await mkdir(path.dirname(release), { recursive: true });
  const half = `${release}.${process.pid}`;
  await writeFile(half, text, { mode: 0o755 });
  await rename(half, release);
  return release;
}

if (process.argv[1] === import.meta.filename) process.stderr.write(`${await bundle()}\n`);
