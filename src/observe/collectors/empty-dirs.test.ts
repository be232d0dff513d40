import { describe, expect, test } from 'vitest';

import { container, node, now, pod } from '../../../test/fakes/observation.ts';
import type { ArchivedEntry, EntryType } from '../../domain/folder-entry.ts';
import type { PodFacts } from '../../domain/observation.ts';
import type { ArchiveReading, FolderArchive } from '../../ports/cluster-provider.ts';
import type { ObserveContext } from '../context.ts';
import { KeptAnswers } from '../kept-answers.ts';
import { collectEmptyDirs } from './empty-dirs.ts';

const clock = { now: () => now, monotonic: () => 0, sleep: () => new Promise<void>(() => undefined) };
const crashed = container({ state: 'waiting', reason: 'CrashLoopBackOff' });

const entry = (path: string, type: EntryType): ArchivedEntry => ({
  path,
  type,
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  modifiedAt: 0,
  from: 0,
  to: 512,
});
const root = entry('', 'directory');

/** What is found out of a volume whose folder holds this; undefined: the node has no such folder. */
async function look(
  entries: readonly ArchivedEntry[] | undefined,
  changes: Partial<PodFacts> = {},
  isWhole = true,
) {
  const asked: string[] = [];
  const provider = {
    readArchive: (id: string, { path }: ArchiveReading): Promise<FolderArchive | undefined> => {
      asked.push(`${id} ${path}`);
      return Promise.resolve(entries && { entries, isWhole, bytes: 1024 });
    },
  };
  const context = { provider, clock, kept: new KeptAnswers(clock) } as unknown as ObserveContext;
  const web = pod('web', { containers: [crashed], emptyDirs: ['uploads'], ...changes });
  const found = await collectEmptyDirs(context, [node('server-0')], [web]);
  return { asked, files: found[0]?.files, found };
}

describe('an emptyDir volume of a pod that waits out its back-off', () => {
  test('is looked at on the node', async () => {
    const { asked, found } = await look([root]);
    expect(asked).toEqual([
      'id-of-server-0 /var/lib/kubelet/pods/uid-of-web/volumes/kubernetes.io~empty-dir/uploads',
    ]);
    expect(found).toMatchObject([{ podUid: 'uid-of-web', volume: 'uploads' }]);
  });

  test.each<[string, readonly ArchivedEntry[], readonly string[]]>([
    ['nothing', [root], []],
    ['folders only', [root, entry('a', 'directory'), entry('a/b', 'directory')], []],
    ['a file in a folder', [root, entry('a', 'directory'), entry('a/b.jpg', 'file')], ['a/b.jpg']],
    ['a link', [root, entry('a', 'symlink')], ['a']],
    ['a second name', [root, entry('a', 'hard link')], ['a']],
    ['a pipe', [root, entry('a', 'fifo')], ['a']],
    ['a device', [root, entry('a', 'character device')], ['a']],
    ['what nobody knows', [root, entry('a', 'other')], ['a']],
  ])('holds %s', async (_name, entries, names) => {
    expect((await look(entries)).files).toMatchObject({ looked: true, value: { names, isWhole: true } });
  });

  test('that is large holds what was seen', async () => {
    const { files } = await look([root, entry('a', 'file')], {}, false);
    expect(files).toMatchObject({ looked: true, value: { names: ['a'], isWhole: false } });
  });

  test.each<[string, RegExp, Parameters<typeof look>]>([
    ['it is not there', /no such folder/, [undefined]],
    ['its folder is a link', /is none/, [[entry('', 'symlink')]]],
    ['it is in memory', /kept in memory/, [[root], { emptyDirsInMemory: ['uploads'] }]],
    ['its node does not run', /does not run/, [[root], { node: 'server-9' }]],
    ['it has folders without an end', /more folders than/, [[root, entry('a', 'directory')], {}, false]],
  ])('could not be looked at: %s', async (_name, why, args) => {
    const { files } = await look(...args);
    expect(files).toMatchObject({ looked: false, why: expect.stringMatching(why) as string });
  });

  test.each<[string, Partial<PodFacts>]>([
    ['runs', { containers: [container()] }],
    ['is being deleted', { deleting: true }],
    ['has no such volume', { emptyDirs: [] }],
  ])('is no concern when the pod %s', async (_name, changes) => {
    expect(await look([root], changes)).toMatchObject({ asked: [], found: [] });
  });
});
