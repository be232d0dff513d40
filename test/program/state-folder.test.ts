import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { beforeAll, expect, test } from 'vitest';

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
    ...shop.env,
    ...more,
  };
  const shell = ['unshare', '--mount', 'sh', '-c', script, 'sh', options, mounted, prepare] as const;
  return startProgram(['up', '--json'], { cwd: shop.home, env }, [...shell, process.execPath, release]).ended;
}

interface Case {
  readonly name: string;
  readonly disk: Disk;
  /** The folder of the home that lies on that disk. */
  readonly folder?: string;
  readonly says: RegExp;
  readonly environment?: (home: string) => Readonly<Record<string, string>>;
}

const cases: readonly Case[] = [
  {
    name: 'on a disk without room',
    disk: { options: 'size=200k', prepare: 'head -c 1000000 /dev/zero 2>/dev/null >"$2/filler"; true' },
    says: /journal cannot be opened: .*full.*state.*Free space on this disk/,
  },
  {
    name: 'on a disk with almost no room',
    disk: { options: 'size=200k', prepare: 'head -c 172032 /dev/zero >"$2/filler"' },
    says: /journal cannot be (opened|written): .*Free space on this disk/,
  },
  {
    name: 'on a disk that is full right before the intent is written',
    disk: { options: 'size=2m' },
    says: /journal cannot be written: .*full.*Free space on this disk/,
    environment: (home) =>
      boundaryEnv(
        { side: 'before', event: 'step-intended', nth: 1 },
        { do: 'fill', file: path.join(home, 'state', 'filler') },
      ),
  },
  {
    name: 'in a state folder that is read-only',
    disk: { options: 'ro' },
    says: /journal cannot be opened: .*read-only.*state.*Mount the disk writable/,
  },
  {
    name: 'in a home that is read-only',
    disk: { options: 'ro' },
    folder: 'home',
    says: /journal cannot be opened: .*read-only.*home.*Mount the disk writable/,
    environment: (home) => ({ HOME: path.join(home, 'home'), XDG_STATE_HOME: '' }),
  },
];

test.for(cases)(
  'without a journal nothing is done: $name',
  { timeout: 60_000 },
  async ({ disk, folder = 'state', says, environment }, context) => {
    skipWhen(context, noMounts);
    const shop = await runningShop({ isShunned: true });
    const ended = await upOnDisk(shop, folder, disk, environment?.(shop.home));
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(ended.code, ended.stderr).toBe(2);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { kind: 'JournalUnavailable' }, exitCode: 2 });
    expect(shop.reloads()).toBe(0);
    expect(shop.engine.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  },
);
