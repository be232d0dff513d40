import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { withLock } from './lock.ts';
import { processStart } from './source/processes.ts';

const lockFile = () => path.join(mkdtempSync(path.join(tmpdir(), 'rekindle-lock-')), 'lab.lock');
const nobodyWaits = (pid: number) => {
  throw new Error(`waits for ${pid}`);
};
const failing = () => Promise.reject(new Error('no'));

/** Work that fails when somebody else does it at the same time. */
function workAlone(): () => Promise<void> {
  let inside = 0;
  return async () => {
    inside += 1;
    await setImmediate();
    expect(inside).toBe(1);
    inside -= 1;
  };
}

describe('withLock', () => {
  it('lets one work at a time, says whom it waits for, and leaves nothing behind', async () => {
    const file = lockFile();
    const waited: number[] = [];
    const work = workAlone();
    await Promise.all([1, 2, 3].map(() => withLock(file, (pid) => waited.push(pid), work)));
    // The third may come when the first has gone: then it waits for nobody.
    expect(waited.length).toBeGreaterThan(0);
    expect(new Set(waited)).toEqual(new Set([process.pid]));
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  it('gives a dead one to one of many', async () => {
    const file = lockFile();
    writeFileSync(file, `${process.pid} 1\n`);
    const work = workAlone();
    await Promise.all(Array.from({ length: 8 }, () => withLock(file, () => undefined, work)));
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  it('is free again when the work fails', async () => {
    const file = lockFile();
    await expect(withLock(file, nobodyWaits, failing)).rejects.toThrow('no');
    expect(await withLock(file, nobodyWaits, () => Promise.resolve('free'))).toBe('free');
  });

  it('takes over from a process that died, also when its number was given to somebody else', async () => {
    const file = lockFile();
    for (const start of [Number(await processStart(process.pid)) - 1, '']) {
      writeFileSync(file, `${process.pid} ${start}\n`);
      expect(await withLock(file, nobodyWaits, () => Promise.resolve('mine'))).toBe('mine');
    }
  });
});
