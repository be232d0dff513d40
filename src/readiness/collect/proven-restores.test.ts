import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';

import { FolderStore } from '../../adapters/backup-stores/folder.ts';
import { systemClock } from '../../adapters/system-clock.ts';
import { signed, type Proof } from '../../backup/evidence.ts';
import { manifestName, type BackupManifest } from '../../backup/manifest.ts';
import { shelveEvidence } from '../../backup/shelf.ts';
import { seen } from '../../domain/looked.ts';
import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { collectProvenRestores } from './proven-restores.ts';

interface Keys {
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
}

function keyPair(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { key: privateKey, publicKey };
}

const own = keyPair();
const digest = '0'.repeat(64);

function manifest(id: string, day: number, changes: Partial<BackupManifest> = {}): BackupManifest {
  const startedAt = `2026-01-0${day}T03:00:00Z`;
  return {
    schema: 'rekindle.dev/v1alpha1/backup',
    id,
    stack: 'shop',
    context: 'k3d-shop',
    tool: 'rekindle 0',
    startedAt,
    finishedAt: startedAt,
    recipients: [],
    parts: [
      {
        file: 'roles.sql',
        bytes: 10,
        sha256: digest,
        storedBytes: 900,
        storedSha256: digest,
        takenAt: startedAt,
        seconds: 1,
        of: { kind: 'roles', cluster: 'db', roles: [] },
      },
    ],
    leftOut: [{ what: 'uploads', why: 'no pod' }],
    ...changes,
  };
}

interface Given {
  readonly day: number;
  readonly verdict?: Proof['verdict'];
  readonly keys?: Keys;
  readonly context?: string;
}

/** An id for a backup of one letter. */
const idOf = (letter: string) => `20260101T030000Z-000${letter}`;

/** A real folder of backups. */
async function folderWith(backups: Readonly<Record<string, Given>>): Promise<FolderStore> {
  const store = new FolderStore(temporaryFolder());
  for (const [name, { day, verdict, keys = own, context = 'k3d-shop' }] of Object.entries(backups)) {
    const id = idOf(name);
    await store.put(id, manifestName, Readable.from([JSON.stringify(manifest(id, day, { context }))]));
    await store.commit(id);
    if (verdict === undefined) continue;
    const at = `2026-01-0${day}T04:00:00Z`;
    const proof = { backup: id, stack: 'shop', verdict, at, tool: 'x', seconds: 12, parts: [], reasons: [] };
    await shelveEvidence(store, proof, signed(proof, [{ name: 'roles.sql', sha256: digest }], keys));
  }
  return store;
}

const source = {
  clock: systemClock,
  publicKey: own.publicKey,
  dataFolder: undefined,
  owner: { stack: 'shop', context: 'k3d-shop' },
};

describe('backups that are proven', () => {
  it('counts the newest data that our key has signed for', async () => {
    const store = await folderWith({
      a: { day: 1, verdict: 'proven' },
      b: { day: 2, verdict: 'proven' },
      c: { day: 3 },
      d: { day: 4, verdict: 'bad' },
    });
    const found = seen(await collectProvenRestores(source, [store]));
    expect(found?.proven).toMatchObject({
      backup: idOf('b'),
      takenAt: Date.UTC(2026, 0, 2, 3),
      at: Date.UTC(2026, 0, 2, 4),
      bytes: 900,
      verifySeconds: 12,
      leftOut: ['uploads: no pod'],
      place: store.place,
    });
    expect(found?.newer).toEqual([
      { backup: idOf('c'), is: 'not proven' },
      { backup: idOf('d'), is: 'bad' },
    ]);
  });

  it('believes no evidence of another key, and none at all without a key', async () => {
    const store = await folderWith({ a: { day: 1, verdict: 'proven', keys: keyPair() } });
    const found = seen(await collectProvenRestores(source, [store]));
    expect(found).toMatchObject({ newer: [{ backup: idOf('a'), is: 'not proven' }] });
    expect(found?.proven).toBeUndefined();
    const ours = await folderWith({ a: { day: 1, verdict: 'proven' } });
    expect(
      seen(await collectProvenRestores({ ...source, publicKey: undefined }, [ours]))?.proven,
    ).toBeUndefined();
  });

  it('leaves out what is of another cluster in the same place', async () => {
    const store = await folderWith({
      a: { day: 1, verdict: 'proven' },
      b: { day: 2, verdict: 'proven', context: 'k3d-other' },
    });
    const found = seen(await collectProvenRestores(source, [store]));
    expect(found?.proven?.backup).toBe(idOf('a'));
    expect(found?.newer).toEqual([]);
  });

  it('knows by the file system whether a backup lies on the disk of the data', async () => {
    const store = await folderWith({ a: { day: 1, verdict: 'proven' } });
    const diskOf = async (dataFolder: string | undefined) =>
      seen(await collectProvenRestores({ ...source, dataFolder }, [store]))?.proven?.disk;
    expect(await diskOf(temporaryFolder())).toBe('same');
    expect(await diskOf('/proc')).toBe('other');
    expect(await diskOf('/does/not/exist')).toBe('unknown');
    expect(await diskOf(undefined)).toBe('unknown');
  });

  it('tells a place that could not be looked into, and goes on with the others', async () => {
    const store = await folderWith({ a: { day: 1, verdict: 'proven' } });
    const far = { place: 's3://far/away', why: 'no credentials' };
    const broken = new FolderStore('/proc/self/status');
    const found = seen(await collectProvenRestores(source, [far, broken, store]));
    expect(found?.proven?.backup).toBe(idOf('a'));
    expect(found?.places).toEqual([store.place]);
    expect(found?.unseen.map(({ place }) => place)).toEqual(['s3://far/away', '/proc/self/status']);
  });
});
