import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { FolderStore } from '../../src/adapters/backup-stores/folder.ts';
import { newIdentity } from '../../src/backup/encryption.ts';
import type { Proof } from '../../src/backup/evidence.ts';
import {
  manifestName,
  parseManifest,
  type BackupManifest,
  type BackupPart,
  type ClusterDetails,
  type DatabaseDetails,
} from '../../src/backup/manifest.ts';
import { compressed, decompressed } from '../../src/backup/physical/zstd.ts';
import { readPart, storePart } from '../../src/backup/store-part.ts';
import { backUpWithFiles, proveWithFiles, type LabBackups } from '../fakes/lab-backup.ts';
import { labContainers, noLabContainer } from '../fakes/lab-container.ts';
import { labPrimary, psql } from '../fakes/lab-postgres.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const key = await newIdentity();
const stranger = await newIdentity();
const files = 'shop-db.files.tar.zst.age';
const dump = 'shop-db.shop.dump.age';

let root: string;
let backups: LabBackups;
let manifest: BackupManifest;

beforeAll(async () => {
  if (noLabContainer !== undefined) return;
  root = mkdtempSync(path.join(tmpdir(), 'rekindle-files-'));
  const store = new FolderStore(path.join(root, 'good'));
  backups = { containers: labContainers(), store, recipient: key.recipient, said: [] };
  // Without checksums of pages: what the server itself would not see has to be seen.
  const primary = await labPrimary(backups.containers, 'db-0', { initdb: '--no-sync' });
  await psql(backups.containers, primary, 'postgres', 'CREATE DATABASE shop');
  await psql(
    backups.containers,
    primary,
    'shop',
    'CREATE TABLE orders (id int PRIMARY KEY, what text)',
    'INSERT INTO orders SELECT n, md5(n::text) FROM generate_series(1, 20000) n',
    'CREATE INDEX by_what ON orders (what)',
    'CHECKPOINT',
  );
  manifest = await backUpWithFiles(backups, { primary });
}, 120_000);

afterAll(() => {
  if (noLabContainer !== undefined) return;
  backups.containers.remove();
  rmSync(root, { recursive: true, force: true });
});

interface Copy {
  readonly store: FolderStore;
  readonly at: (file: string) => string;
}

function copyOf(name: string): Copy {
  const folder = path.join(root, name);
  cpSync(path.join(root, 'good'), folder, { recursive: true });
  return { store: new FolderStore(folder), at: (file) => path.join(folder, manifest.id, file) };
}

function flip(file: string, at: (size: number) => number): void {
  const bytes = readFileSync(file);
  const index = at(bytes.length);
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

function changePart({ at }: Copy, file: string, change: (part: BackupPart) => BackupPart): void {
  const whole = parseManifest(readFileSync(at(manifestName), 'utf8'));
  const parts = whole.parts.map((part) => (part.file === file ? change(part) : part));
  writeFileSync(at(manifestName), JSON.stringify({ ...whole, parts }));
}

function changeFiles(copy: Copy, change: Partial<ClusterDetails>): void {
  changePart(copy, files, (part) =>
    part.of.kind === 'cluster' ? { ...part, of: { ...part.of, ...change } } : part,
  );
}

function changeDump(copy: Copy, change: (of: DatabaseDetails) => DatabaseDetails): void {
  changePart(copy, dump, (part) => (part.of.kind === 'database' ? { ...part, of: change(part.of) } : part));
}

/** Stores other files under that name, with digests that fit: what was wrong before it was stored. */
async function repack(copy: Copy, change: (name: string, contents: Buffer) => Buffer | undefined) {
  const part = manifest.parts.find(({ file }) => file === files);
  if (part === undefined) throw new Error(files);
  const reader = extract();
  const writer = pack();
  const stored = readPart(copy.store, manifest.id, part, [key.identity]);
  Readable.from(decompressed(stored, files)).pipe(reader);
  let tarBytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of writer as AsyncIterable<Buffer>) {
      tarBytes += chunk.length;
      yield chunk;
    }
  };
  const packing = (async () => {
    for await (const entry of reader) {
      const contents = await buffer(entry as AsyncIterable<Uint8Array>);
      const changed = entry.header.type === 'file' ? change(entry.header.name, contents) : contents;
      if (changed !== undefined) writer.entry({ ...entry.header, size: changed.length }, changed);
    }
    writer.finalize();
  })();
  const keep = { store: copy.store, recipients: [key.recipient] };
  const entry = await storePart(keep, manifest.id, files, compressed(counted()));
  await packing;
  changePart(copy, files, (whole) => ({ ...whole, ...entry }));
  changeFiles(copy, { tarBytes });
}

const isWal = (name: string): boolean => /^pg_wal\/[0-9A-F]{24}$/.test(name);
const isTable = (name: string): boolean => /^base\/\d+\/\d+$/.test(name);

function flipped(contents: Buffer, at: number): Buffer {
  const other = Buffer.from(contents);
  other[at] = (other[at] ?? 0) ^ 1;
  return other;
}

/** The largest table: its name in the tar is known by its size. */
let spoiltOne: string | undefined;
function firstLarge(name: string, contents: Buffer): boolean {
  if (!isTable(name) || contents.length < 1_000_000) return false;
  spoiltOne ??= name;
  return name === spoiltOne;
}

/** Each way in which a server's files may be worth nothing, and what is said then. */
const corruptions: readonly (readonly [string, Proof['verdict'], RegExp, (copy: Copy) => unknown])[] = [
  ['a bit in the stored tar', 'bad', /files.*decrypted/, ({ at }) => flip(at(files), (size) => size >> 1)],
  [
    'a stored tar that is cut off',
    'bad',
    /files.*decrypted/,
    ({ at }) => truncateSync(at(files), Math.floor(readFileSync(at(files)).length * 0.9)),
  ],
  [
    'a compressed stream with a bit that was wrong before it was stored',
    'bad',
    /files.*cannot be decompressed/,
    async (copy) => {
      const part = manifest.parts.find(({ file }) => file === files);
      if (part === undefined) throw new Error(files);
      const bytes = await buffer(Readable.from(readPart(copy.store, manifest.id, part, [key.identity])));
      const keep = { store: copy.store, recipients: [key.recipient] };
      const other = Readable.from([flipped(bytes, bytes.length >> 1)]) as AsyncIterable<Buffer>;
      const entry = await storePart(keep, manifest.id, files, other);
      changePart(copy, files, (whole) => ({ ...whole, ...entry }));
    },
  ],
  [
    'a bit in a table before it was stored',
    'bad',
    /pg_verifybackup ended.*checksum mismatch for file/,
    (copy) =>
      repack(copy, (name, bytes) => (firstLarge(name, bytes) ? flipped(bytes, 8192 * 5 + 4000) : bytes)),
  ],
  [
    'a table that is missing',
    'bad',
    /pg_verifybackup ended.*is present in the manifest but not on disk/,
    (copy) => repack(copy, (name, bytes) => (firstLarge(name, bytes) ? undefined : bytes)),
  ],
  [
    'WAL that is cut off',
    'bad',
    /pg_verifybackup ended.*(?:WAL parsing failed|invalid|could not read)/i,
    (copy) => repack(copy, (name, bytes) => (isWal(name) ? bytes.subarray(0, 64) : bytes)),
  ],
  [
    'WAL that is missing',
    'bad',
    /pg_verifybackup ended/,
    (copy) => repack(copy, (name, bytes) => (isWal(name) ? undefined : bytes)),
  ],
  [
    'a bit in the WAL',
    'bad',
    /pg_verifybackup ended.*(?:WAL parsing failed|incorrect|invalid|could not find a valid record)/i,
    // Behind the header of the first page lies the first record.
    (copy) => repack(copy, (name, bytes) => (isWal(name) ? flipped(bytes, 60) : bytes)),
  ],
  [
    'a manifest of the server that is missing',
    'bad',
    /pg_verifybackup ended.*backup_manifest/,
    (copy) => repack(copy, (name, bytes) => (name === 'backup_manifest' ? undefined : bytes)),
  ],
  [
    'a manifest of the server with a changed letter',
    'bad',
    /pg_verifybackup ended.*manifest checksum mismatch/,
    (copy) =>
      repack(copy, (name, bytes) =>
        name === 'backup_manifest'
          ? Buffer.from(bytes.toString().replace('PG_VERSION', 'PG_VERSIOM'))
          : bytes,
      ),
  ],
  [
    'files of another server',
    'bad',
    /are of the server \d+ instead of 7000000000000000000/,
    (copy) => {
      changeFiles(copy, { systemIdentifier: '7000000000000000000' });
    },
  ],
  [
    'files that end later than their WAL',
    'bad',
    /recovery ended at .*, before F\/0/,
    (copy) => {
      changeFiles(copy, { endLsn: 'F/0' });
    },
  ],
  [
    'a database that is missing',
    'bad',
    /database jewels is missing/,
    (copy) => {
      changeFiles(copy, { databases: [{ database: 'jewels', bytes: 1 }] });
    },
  ],
  [
    'rows that are not those of the dump although nothing was written',
    'bad',
    /orders of shop has other rows than the dump \(20000 and 20000\)/,
    (copy) => {
      changeDump(copy, (of) => ({ ...of, tables: of.tables.map((table) => ({ ...table, digest: '1/1' })) }));
    },
  ],
  [
    'another version of PostgreSQL',
    'could-not-tell',
    /No such version/,
    (copy) => {
      changeFiles(copy, { serverVersion: 140_012 });
    },
  ],
];

const longTest = { timeout: 60_000 };
let caught = 0;

test('the good one is proven', longTest, async (context) => {
  skipWhen(context, noLabContainer);
  const proof = await proveWithFiles(backups, manifest.id, key.identity);
  expect(proof).toMatchObject({ verdict: 'proven', reasons: [] });
  expect(JSON.stringify(proof.parts)).toContain('the pages have no checksums');
});

test.each(corruptions)('caught: %s', longTest, async (name, verdict, told, spoil) => {
  if (noLabContainer !== undefined) return;
  const copy = copyOf(name.replaceAll(' ', '-'));
  await spoil(copy);
  const proof = await proveWithFiles({ ...backups, store: copy.store }, manifest.id, key.identity);
  const words = [
    ...proof.parts.flatMap(({ file, differences }) => differences.map((text) => `${file}: ${text}`)),
    ...proof.reasons,
  ];
  expect(words.join('; ')).toMatch(told);
  expect(proof.verdict).toBe(verdict);
  caught += 1;
});

test('caught: the wrong key', longTest, async (context) => {
  skipWhen(context, noLabContainer);
  const proof = await proveWithFiles(backups, manifest.id, stranger.identity);
  expect(proof).toMatchObject({ verdict: 'could-not-tell', parts: [] });
});

test('all of them were caught', (context) => {
  skipWhen(context, noLabContainer);
  expect(caught).toBe(corruptions.length);
});
