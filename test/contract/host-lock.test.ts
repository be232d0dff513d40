import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LockUnavailable, tryAcquireLock } from '../../src/record/lock.ts';
import { lockPath } from '../../src/record/paths.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const module = join(import.meta.dirname, '../../src/record/lock.ts');

/** Another process that takes the lock, prints what it got as JSON, and stays until it is killed. */
async function otherProcess(file: string): Promise<{ readonly child: ChildProcess; readonly got: unknown }> {
  const program = `
    import { tryAcquireLock } from ${JSON.stringify(module)};
    console.log(JSON.stringify(tryAcquireLock(${JSON.stringify(file)}, 'rekindle up', 42)));
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, got: JSON.parse(line) };
}

describe('host lock', () => {
  it('is held by one process, named to others, and freed by kill -9', async () => {
    const file = lockPath('k3d/weird name', { XDG_STATE_HOME: temporaryFolder() });
    const { child, got } = await otherProcess(file);
    expect(got).toEqual({ held: true });
    expect(tryAcquireLock(file, 'rekindle watch')).toEqual({
      held: false,
      by: { pid: child.pid, command: 'rekindle up', since: 42 },
    });
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    const mine = tryAcquireLock(file, 'rekindle watch');
    expect(mine.held).toBe(true);
    expect((await otherProcess(file)).got).toMatchObject({ held: false, by: { pid: process.pid } });
    if (mine.held) mine.release();
    expect((await otherProcess(file)).got).toEqual({ held: true });
  });

  it('excludes a second holder in the same process, can be released twice, and taken again', () => {
    const file = join(temporaryFolder(), 'lock.db');
    const first = tryAcquireLock(file, 'one');
    expect(tryAcquireLock(file, 'two')).toMatchObject({
      held: false,
      by: { pid: process.pid, command: 'one' },
    });
    expect(first.held).toBe(true);
    if (first.held) {
      first.release();
      first.release();
    }
    const again = tryAcquireLock(file, 'two');
    expect(again.held).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    if (again.held) again.release();
  });

  it('says so when the file cannot be made', () => {
    expect(() => tryAcquireLock('/proc/no/such/lock.db', 'x')).toThrow(LockUnavailable);
  });
});
