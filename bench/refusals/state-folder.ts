import path from 'node:path';

import { primaryPod, sql } from '../../src/drills/database.ts';
import { shop } from '../../src/drills/shop.ts';
import { boundaryEnv } from '../rig/boundary.ts';
import { defineCase, type Ended, type RefusalCase, type RunOptions, type Site } from './define-case.ts';
import { exampleTarget } from './example-target.ts';
import { withFault } from './with-fault.ts';

/** Mounts a disk where no other process sees it (mount_namespaces(7)), does something to it, and becomes the program. */
const script = 'mkdir -p "$2" && mount -t tmpfs -o "$1" none "$2" && eval "$3" && shift 3 && exec "$@"';

function onOwnDisk(folder: string, options: string, prepare = 'true'): Pick<RunOptions, 'through'> {
  const shell = ['unshare', '--mount', 'sh', '-c', script, 'sh', options, folder, prepare];
  return { through: (argv) => [...shell, ...argv] };
}

const up = ['up', '--json', ...exampleTarget];
const stateOf = ({ folder }: Site) => path.join(folder, 'state');

async function passwordHash({ lab }: Site): Promise<string> {
  const statement = `select rolpassword from pg_authid where rolname = '${shop.poolerRole}'`;
  return sql(lab, await primaryPod(lab), statement);
}

/** The disk has room until the very moment at which the intent is to be written; the action must not follow. */
async function fullBeforeTheIntent(site: Site): Promise<Ended> {
  const step = 'sync-pooler-credentials';
  return withFault(site, 'pooler-password-changed', async () => {
    const before = await passwordHash(site);
    const deed = { do: 'fill', file: path.join(stateOf(site), 'filler') } as const;
    const ended = await site.rekindle({
      args: up,
      env: boundaryEnv({ side: 'before', event: 'step-intended', nth: 1, step }, deed),
      ...onOwnDisk(stateOf(site), 'size=2m'),
    });
    if ((await passwordHash(site)) !== before) throw new Error('the password of the role was changed');
    return ended;
  });
}

/** B5: the journal has no place. */
export const stateFolderCases: readonly RefusalCase[] = [
  defineCase({
    id: 'B5c',
    title: 'the disk of the journal is full',
    expected: { exitCode: 2, says: /journal cannot be (opened|written).*Free space on this disk/ },
    needsWholeStack: false,
    run: (site) => {
      const fill = 'head -c 1000000 /dev/zero 2>/dev/null >"$2/filler"; true';
      return site.rekindle({ args: up, ...onOwnDisk(stateOf(site), 'size=200k', fill) });
    },
  }),
  defineCase({
    id: 'B5d',
    title: 'the state folder is on a read-only disk',
    expected: { exitCode: 2, says: /journal cannot be opened.*read-only.*Mount the disk writable/ },
    needsWholeStack: false,
    run: (site) => site.rekindle({ args: up, ...onOwnDisk(stateOf(site), 'ro') }),
  }),
  defineCase({
    id: 'B5e',
    title: 'the home is read-only',
    expected: { exitCode: 2, says: /journal cannot be opened.*read-only.*Mount the disk writable/ },
    needsWholeStack: false,
    run: (site) => {
      const home = path.join(site.folder, 'home');
      return site.rekindle({ args: up, env: { HOME: home, XDG_STATE_HOME: '' }, ...onOwnDisk(home, 'ro') });
    },
  }),
  defineCase({
    id: 'B5f',
    title: 'the disk of the journal gets full right before an intent is written: the action is not done',
    expected: {
      exitCode: 2,
      says: /journal cannot be written.*full.*Free space on this disk/,
      writes: 'any',
    },
    needsWholeStack: true,
    run: fullBeforeTheIntent,
  }),
];
