import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';

import { holdingLock } from '../../src/cli/holding-lock.ts';
import {
  hostLockHolder,
  hostLockName,
  tryAcquireHostLock,
  type LockedCluster,
} from '../../src/record/host-lock.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const module = join(import.meta.dirname, '../../src/record/host-lock.ts');
const nobody = 65_534;

/** A cluster of this test alone. */
function newCluster(): LockedCluster {
  return { engine: join(temporaryFolder(), 'docker.sock'), cluster: 'shop' };
}

/** Another process, of another user where one is given, that tries to get the lock and stays until it is killed. */
async function otherProcess(
  locked: LockedCluster,
  uid?: number,
): Promise<{ readonly child: ChildProcess; readonly got: unknown }> {
  const program = `
    import { tryAcquireHostLock } from ${JSON.stringify(module)};
    console.log(JSON.stringify(await tryAcquireHostLock(${JSON.stringify(locked)}, 'rekindle watch')));
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, got: JSON.parse(line) };
}

/** Somebody who took the name and says this to whoever asks. */
async function squatter(locked: LockedCluster, says: string | undefined): Promise<void> {
  const open = new Set<net.Socket>();
  const server = net.createServer((asking) => {
    open.add(asking);
    asking.on('error', () => asking.destroy());
    if (says !== undefined) asking.end(says);
  });
  server.listen({ path: hostLockName(locked) });
  await once(server, 'listening');
  onTestFinished(() => {
    for (const asking of open) asking.destroy();
    server.close();
  });
}

/** The error of whoever comes second. Its work must not be begun. */
async function refusal(locked: LockedCluster): Promise<string> {
  const state = process.env['XDG_STATE_HOME'];
  process.env['XDG_STATE_HOME'] = temporaryFolder();
  onTestFinished(() => {
    if (state === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = state;
  });
  const begun = holdingLock(locked, 'rekindle up', () => Promise.resolve('begun'));
  return begun.then(String, (error: Error) => `${error.name}: ${error.message}`);
}

/** Why no process of another user can be started here. */
function noOtherUser(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root: it starts a process of another user';
  try {
    accessSync(module, constants.R_OK);
    return undefined;
  } catch {
    return 'the checkout cannot be read';
  }
}

describe('lock that all users of a machine see', () => {
  it('keeps a second process away, whoever runs it, names the first, and is freed by kill -9', async (context) => {
    skipWhen(context, noOtherUser());
    const locked = newCluster();
    const { child, got } = await otherProcess(locked, nobody);
    expect(got).toEqual({ held: true });
    expect(await tryAcquireHostLock(locked, 'rekindle up')).toEqual({
      held: false,
      by: { pid: child.pid, command: 'rekindle watch', user: 'nobody' },
    });
    expect(await refusal(locked)).toBe(
      `AnotherAtWork: Another rekindle is at work on this cluster: process ${child.pid} of user nobody, rekindle watch ` +
        `(shop). Wait for it, or end it first; if that is no rekindle, see who has the lock: ` +
        `\`sudo ss -xlp | grep ${hostLockName(locked).slice(1)}\`.`,
    );
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    const mine = await tryAcquireHostLock(locked, 'rekindle up');
    expect(mine.held).toBe(true);
    expect((await otherProcess(locked, nobody)).got).toMatchObject({
      held: false,
      by: { pid: process.pid, user: 'root' },
    });
    if (mine.held) {
      mine.release();
      mine.release();
    }
    expect((await otherProcess(locked, nobody)).got).toEqual({ held: true });
  });

  it('can be looked at without being taken: who waits for it disturbs nobody', async (context) => {
    skipWhen(context, process.platform === 'linux' ? undefined : 'needs the abstract namespace of Linux');
    const locked = newCluster();
    expect(await hostLockHolder(locked)).toBeUndefined();
    const { child } = await otherProcess(locked);
    expect(await hostLockHolder(locked)).toMatchObject({ pid: child.pid, command: 'rekindle watch' });
    // Looked at while nobody has it, it can be had.
    child.kill('SIGKILL');
    await once(child, 'exit');
    const [seen, attempt] = await Promise.all([
      hostLockHolder(locked),
      tryAcquireHostLock(locked, 'rekindle up'),
    ]);
    expect(attempt.held).toBe(true);
    expect([undefined, process.pid]).toContain(typeof seen === 'object' ? seen.pid : seen);
    if (attempt.held) attempt.release();
  });

  it('is one per engine and cluster', async () => {
    const locked = newCluster();
    const locks = [locked, { ...locked, cluster: 'other' }, { ...locked, engine: 'tcp://127.0.0.1:2375' }];
    for (const each of locks) {
      const lock = await tryAcquireHostLock(each, 'rekindle up');
      expect(lock.held).toBe(true);
      if (lock.held) onTestFinished(lock.release);
    }
    expect(await tryAcquireHostLock(locked, 'rekindle up')).toMatchObject({ held: false });
  });

  it('is held while the work is done, and free after it, also when the work fails', async () => {
    const locked = newCluster();
    const work = async () => {
      expect((await tryAcquireHostLock(locked, 'rekindle up')).held).toBe(false);
      throw new Error('the work failed');
    };
    await expect(holdingLock(locked, 'rekindle up', work)).rejects.toThrow('the work failed');
    expect(await refusal(locked)).toBe('begun');
  });

  it.for([
    { name: 'says nothing', says: undefined, told: /: it does not say who it is \(shop\)/ },
    { name: 'hangs up', says: '', told: /: it does not say who it is \(shop\)/ },
    { name: 'says nonsense', says: '[1, 2', told: /: it does not say who it is \(shop\)/ },
    {
      name: 'talks too much',
      says: `"${'x'.repeat(100_000)}"`,
      told: /: it does not say who it is \(shop\)/,
    },
    {
      name: 'names a process that is not there',
      says: JSON.stringify({ pid: 2 ** 30, command: 'rekindle up' }),
      told: /: it says that it is process 1073741824, rekindle up, which cannot be seen \(shop\)/,
    },
    {
      name: 'would like the terminal to obey',
      says: JSON.stringify({ pid: 1, command: '\u001B[2J\nrekindle: all is well' }),
      told: /: process 1 of user root, rekindle: all is well \(shop\)/,
    },
  ])('tells of a holder that $name, and how to see who it is', async ({ says, told }) => {
    const locked = newCluster();
    await squatter(locked, says);
    const message = await refusal(locked);
    expect(message).toMatch(told);
    expect(message).toMatch(/`sudo ss -xlp \| grep rekindle\/lock\/[0-9a-f]{32}`\.$/);
    expect(message).not.toMatch(/\p{Cc}/u);
  });
});
