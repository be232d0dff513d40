import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { systemClock } from '../../src/adapters/system-clock.ts';
import { mountedAt } from '../../src/backup/from-nothing/claim-of.ts';
import type { RebuildContext } from '../../src/backup/from-nothing/context.ts';
import { restoreUploads } from '../../src/backup/from-nothing/steps/uploads.ts';
import { provenByReading } from '../../src/backup/prove-by-reading.ts';
import type { PartDetails } from '../../src/backup/manifest.ts';
import { unpackInto } from '../../src/backup/uploads/unpack-into.ts';
import { uploadsPart } from '../../src/backup/uploads/uploads-part.ts';
import { labContainers, noLabContainer, type LabContainers } from '../fakes/lab-container.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

let containers: LabContainers;

beforeAll(() => {
  if (noLabContainer === undefined) containers = labContainers();
});

afterAll(() => {
  if (noLabContainer === undefined) containers.remove();
});

/** A pod with files of an application in a folder, which belong to whoever runs there. */
function podWithFiles(pod: string): string {
  const folder = path.join(containers.folderOf(pod), 'media');
  const { uid, gid } = statSync(containers.folderOf(pod));
  mkdirSync(path.join(folder, '2026'), { recursive: true });
  for (const [name, text] of [
    ['ring.jpg', 'x'.repeat(200_000)],
    ['2026/größe "1".txt', 'umlauts'],
    ['2026/empty', ''],
  ] as const) {
    writeFileSync(path.join(folder, name), text);
    chownSync(path.join(folder, name), uid, gid);
  }
  chmodSync(path.join(folder, 'ring.jpg'), 0o640);
  return folder;
}

const claimIn = (pod: string) => ({
  claim: 'media',
  namespace: 'shop',
  seenBy: [{ pod, container: 'app', path: '/tmp/media' }],
});

async function taken(pod: string) {
  const said: string[] = [];
  const stored: Buffer[] = [];
  const part = uploadsPart(containers, claimIn(pod), (line) => said.push(line));
  const { of } = await part.take(async (plain) => {
    stored.push(await buffer(Readable.from(plain)));
    return { file: 'a', bytes: 0, sha256: '', storedBytes: 0, storedSha256: '' };
  }, []);
  if (of.kind !== 'uploads') throw new Error(of.kind);
  return { of, said, archives: stored, archive: stored.at(-1) ?? Buffer.alloc(0) };
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

test('the files of a claim are what a real tar reads, and come back as they were', async (context) => {
  skipWhen(context, noLabContainer);
  podWithFiles('django-1');
  const { of, archive } = await taken('django-1');
  expect(of).toMatchObject({ files: 3, fileBytes: 200_007, changed: [] });
  expect(of.entries.map((entry) => entry.path).toSorted()).toEqual([
    '2026',
    '2026/empty',
    '2026/größe "1".txt',
    'ring.jpg',
  ]);
  expect(await provenByReading(one(archive), of)).toMatchObject({ differences: [] });
  const folder = path.join(temporaryFolder(), 'media');
  expect(await unpackInto(folder, one(archive), of.entries)).toMatchObject({ files: 3, leftOut: [] });
  expect(statSync(path.join(folder, 'ring.jpg')).mode & 0o777).toBe(0o640);
});

test('a record that is not of these files is told', async (context) => {
  skipWhen(context, noLabContainer);
  podWithFiles('django-2');
  const { of, archive } = await taken('django-2');
  const [first, ...others] = of.entries;
  const wrong: PartDetails = {
    ...of,
    entries: [{ path: 'gone', type: 'file', mode: 0o600, bytes: 1, sha256: '0'.repeat(64) }, ...others],
  };
  const { differences } = await provenByReading(one(archive), wrong);
  expect(differences).toEqual(['gone is missing', `${first?.path ?? ''} was not there`]);
});

test('a file that changes while it is read is read again, and named when it goes on changing', async (context) => {
  skipWhen(context, noLabContainer);
  const folder = podWithFiles('django-3');
  let times = 0;
  // Right before each archive is made a customer uploads something.
  containers.before = ({ argv }) => {
    if (argv[3] !== 'tar') return;
    times += 1;
    writeFileSync(path.join(folder, 'ring.jpg'), 'y'.repeat(1000 + times));
  };
  try {
    const { of, said, archives } = await taken('django-3');
    expect(archives).toHaveLength(3);
    expect(of.changed).toEqual(['ring.jpg']);
    expect(said).toHaveLength(2);
  } finally {
    containers.before = () => undefined;
  }
});

test('a folder that is not there fails with the program’s words', async (context) => {
  skipWhen(context, noLabContainer);
  containers.folderOf('django-4');
  await expect(taken('django-4')).rejects.toThrow(/stat.*media/);
});

/** A cluster with one workload, whose pods are the containers here: the pod that files are put in by is `filled`. */
function rebuildOf(of: PartDetails, archive: Buffer, wasBegun: boolean): RebuildContext {
  const django = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'django', namespace: 'shop' },
    spec: {
      template: {
        spec: {
          containers: [{ name: 'django', image: 'shop:1' }],
          volumes: [{ name: 'media', persistentVolumeClaim: { claimName: 'media' } }],
        },
      },
    },
  };
  const access = {
    programs: containers,
    reader: { get: () => Promise.resolve({ metadata: {}, status: { phase: 'Running' } }) },
    writer: {
      createPod: () => Promise.resolve({ metadata: { name: 'filled', uid: 'u' } }),
      deletePod: () => Promise.resolve(),
    },
  };
  return {
    clock: systemClock,
    signal: new AbortController().signal,
    wasBegun: () => wasBegun,
    access: () => Promise.resolve(access),
    backup: {
      manifest: { parts: [{ file: 'a', bytes: archive.length, of }] },
      details: { namespace: 'shop' },
      objects: [django],
      read: () => one(archive),
    },
  } as unknown as RebuildContext;
}

test('with the cluster they come back into their claim, unless somebody has put files there', async (context) => {
  skipWhen(context, noLabContainer);
  podWithFiles('django-5');
  const { of, archive } = await taken('django-5');
  const claim = path.join(containers.folderOf('filled'), path.basename(mountedAt));
  const { uid, gid } = statSync(containers.folderOf('filled'));
  mkdirSync(claim);
  chownSync(claim, uid, gid);
  expect(await restoreUploads.run(rebuildOf(of, archive, false))).toBe('media: 3 files compared');
  expect(readFileSync(path.join(claim, '2026/größe "1".txt'), 'utf8')).toBe('umlauts');
  await expect(restoreUploads.run(rebuildOf(of, archive, false))).rejects.toThrow(/files in it already/);
  // A run of this restore was killed here: then they are its own, and written once more.
  expect(await restoreUploads.run(rebuildOf(of, archive, true))).toBe('media: 3 files compared');
  const spoilt = Buffer.from(archive);
  spoilt.write('y', spoilt.indexOf('x'.repeat(1000)));
  await expect(restoreUploads.run(rebuildOf(of, spoilt, true))).rejects.toThrow(
    /ring\.jpg has other contents/,
  );
});
