import path from 'node:path';

import { build, transform } from 'esbuild';

import { common, release } from '../bundle.ts';

/** Where esbuild would write them; it writes nothing. */
const folder = path.dirname(release);

/**
 * The program and its packages as many CommonJS modules, by file name: what only some commands need is in modules of its own,
 * which are not read before one of those commands runs. A single-executable application can hold CommonJS only, for which
 * esbuild does not split; each ES module that it splits into is therefore turned into CommonJS by itself. A chunk asks for
 * another one by `require('./NAME')`. Throws what esbuild finds wrong.
 */
export async function chunks(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({ ...common, splitting: true, outdir: folder });
  const modules = await Promise.all(
    outputFiles.map(async (file) => {
      const { code } = await transform(file.text, {
        format: 'cjs',
        platform: 'node',
        target: common.target,
        minifyWhitespace: true,
        // The executable has no module that `import()` could find.
        supported: { 'dynamic-import': false },
        // CommonJS has no import.meta; esbuild would put an empty object there and only warn.
        logOverride: { 'empty-import-meta': 'error' },
        logLevel: 'error',
      });
      return [path.basename(file.path), code] as const;
    }),
  );
  return new Map(modules);
}
