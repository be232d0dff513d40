import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { Progress } from '../progress.ts';
import { BuildCache, hashInputs } from './cache.ts';

const temporary = () => mkdtempSync(path.join(tmpdir(), 'rekindle-cache-'));
const silent = () => undefined;

describe('hashInputs', () => {
  it('changes with a text, a file, its name and its executable bit, not with its time', async () => {
    const folder = temporary();
    const file = path.join(folder, 'a');
    writeFileSync(file, 'one');
    const first = await hashInputs(['x'], [folder]);
    await utimes(file, 1, 1);
    expect(await hashInputs(['x'], [folder])).toBe(first);
    expect(await hashInputs(['y'], [folder])).not.toBe(first);
    chmodSync(file, 0o755);
    const executable = await hashInputs(['x'], [folder]);
    writeFileSync(file, 'two');
    const changed = await hashInputs(['x'], [folder]);
    writeFileSync(path.join(folder, 'b'), '');
    expect(new Set([first, executable, changed, await hashInputs(['x'], [folder])]).size).toBe(4);
  });
});

const step = (build: (folder: string) => Promise<void>) => ({
  name: 'step',
  key: 'k',
  expectedSeconds: 1,
  build,
});

describe('BuildCache', () => {
  it('builds once, also when two ask at the same time', async () => {
    const root = temporary();
    const cache = new BuildCache(root, new Progress(root, silent), silent);
    let builds = 0;
    const build = (folder: string) => {
      builds += 1;
      writeFileSync(path.join(folder, 'result'), 'built');
      return Promise.resolve();
    };
    const [one, other] = await Promise.all([cache.get(step(build)), cache.get(step(build))]);
    expect(builds).toBe(1);
    expect(one).toBe(other);
    expect(readFileSync(path.join(one, 'result'), 'utf8')).toBe('built');
  });

  it('leaves no result behind when a build fails, and builds again', async () => {
    const root = temporary();
    const cache = new BuildCache(root, new Progress(root, silent), silent);
    await expect(cache.get(step(() => Promise.reject(new Error('no network'))))).rejects.toThrow(
      'no network',
    );
    expect(existsSync(path.join(root, 'step-k'))).toBe(false);
    await cache.get(step(() => Promise.resolve()));
    expect(existsSync(path.join(root, 'step-k'))).toBe(true);
  });
});
