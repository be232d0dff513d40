import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { beforeAll, describe, expect, test, type TestContext } from 'vitest';

import { boundaryEnv } from '../../bench/rig/boundary.ts';
import { bundle } from '../../scripts/bundle.ts';
import { runningShop, startProgram, type Ended, type RunningShop } from '../fakes/running-shop.ts';
import { skipWhen } from '../fakes/skip-when.ts';

let release = '';
beforeAll(async () => {
  release = await bundle();
});

const noMounts =
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
    ? undefined
    : 'needs mounts of its own: root, or a kernel that gives them to users';

/** Mounts a file system where no other process sees it, does something to it, and becomes the program. */
const script = 'mount -t tmpfs -o "$1" none "$2" && eval "$3" && shift 3 && exec "$@"';

interface Disk {
  readonly options: string;
  /** Shell commands on the mounted folder, `$2`. */
  readonly prepare?: string;
}

/** Runs `up` with a disk of its own in the place of this folder of its home. */
async function upOnDisk(
  shop: RunningShop,
  folder: string,
  { options, prepare = 'true' }: Disk,
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const mounted = path.join(shop.home, folder);
  mkdirSync(mounted, { recursive: true });
  const env = {
    PATH: process.env['PATH'],
    HOME: shop.home,
    XDG_STATE_HOME: path.join(shop.home, 'state'),
    KUBECONFIG: path.join(shop.home, 'kubeconfig'),
    DOCKER_HOST: shop.engine.url,
    ...more,
  };
  const shell = ['unshare', '--mount', 'sh', '-c', script, 'sh', options, mounted, prepare] as const;
  return startProgram(['up', '--json'], { cwd: shop.home, env }, [...shell, process.execPath, release]).ended;
}

/** Nothing was done, and it says why, where and what to do. */
function expectNoAction(shop: RunningShop, ended: Ended, words: RegExp): void {
  expect(ended.stderr).toMatch(words);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  expect(ended.code, ended.stderr).toBe(2);
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { kind: 'JournalUnavailable' }, exitCode: 2 });
  expect(shop.reloads()).toBe(0);
  expect(shop.engine.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
}

async function brokenShop(context: TestContext): Promise<RunningShop> {
  skipWhen(context, noMounts);
  return runningShop({ isShunned: true });
}

describe('without a journal nothing is done', () => {
  test('on a disk without room', { timeout: 60_000 }, async (context) => {
    const shop = await brokenShop(context);
    const prepare = 'head -c 1000000 /dev/zero 2>/dev/null >"$2/filler"; true';
    const ended = await upOnDisk(shop, 'state', { options: 'size=200k', prepare });
    expectNoAction(shop, ended, /journal cannot be opened: .*full.*state.*Free space on this disk/);
  });

  test('on a disk with almost no room', { timeout: 60_000 }, async (context) => {
    const shop = await brokenShop(context);
    const prepare = 'head -c 172032 /dev/zero >"$2/filler"';
    const ended = await upOnDisk(shop, 'state', { options: 'size=200k', prepare });
    expectNoAction(shop, ended, /journal cannot be (opened|written): .*Free space on this disk/);
  });

  test('on a disk that is full right before the intent is written', { timeout: 60_000 }, async (context) => {
    const shop = await brokenShop(context);
    const boundary = { side: 'before', event: 'step-intended', nth: 1 } as const;
    const deed = { do: 'fill', file: path.join(shop.home, 'state', 'filler') } as const;
    const ended = await upOnDisk(shop, 'state', { options: 'size=2m' }, boundaryEnv(boundary, deed));
    expectNoAction(shop, ended, /journal cannot be written: .*full.*Free space on this disk/);
  });

  test('on a state folder that is read-only', { timeout: 60_000 }, async (context) => {
    const shop = await brokenShop(context);
    const ended = await upOnDisk(shop, 'state', { options: 'ro' });
    expectNoAction(shop, ended, /journal cannot be opened: .*read-only.*state.*Mount the disk writable/);
  });

  test('in a home that is read-only', { timeout: 60_000 }, async (context) => {
    const shop = await brokenShop(context);
    const home = path.join(shop.home, 'home');
    const ended = await upOnDisk(shop, 'home', { options: 'ro' }, { HOME: home, XDG_STATE_HOME: '' });
    expectNoAction(shop, ended, /journal cannot be opened: .*read-only.*home.*Mount the disk writable/);
  });
});
