import {
  existsSync,
  lstatSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { pack, type Header } from 'tar-stream';
import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import type { UploadedEntry } from '../manifest.ts';
import { ArchiveUnusable, listing } from './tar-entries.ts';
import { unpackInto } from './unpack-into.ts';

type Entry = readonly [header: Partial<Header> & { readonly name: string }, text?: string];

async function archived(...entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const [header, text] of entries) archive.entry(header, text ?? '');
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** In pieces that are no blocks, as a network has them. */
async function* pieces(bytes: Buffer, size = 300): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function entriesOf(archive: Buffer): Promise<UploadedEntry[]> {
  const entries: UploadedEntry[] = [];
  const out: Buffer[] = [];
  for await (const chunk of listing(pieces(archive), entries)) out.push(chunk);
  expect(Buffer.concat(out).equals(archive)).toBe(true);
  return entries;
}

const good: readonly Entry[] = [
  [{ name: './', type: 'directory', mode: 0o755 }],
  [{ name: './2026/', type: 'directory', mode: 0o750 }],
  [{ name: './2026/ring.jpg', mode: 0o4640 }, 'x'.repeat(5000)],
  [{ name: './2026/empty\nname', mode: 0o600 }],
  [{ name: './latest.jpg', type: 'symlink', linkname: '2026/ring.jpg' }],
];

test('files come back with their names, rights and contents; what is on record is compared', async () => {
  const archive = await archived(...good);
  const entries = await entriesOf(archive);
  expect(entries.map(({ path: name, type }) => `${name} ${type}`)).toEqual([
    '2026 directory',
    '2026/ring.jpg file',
    '2026/empty\nname file',
    'latest.jpg symlink',
  ]);
  const folder = path.join(temporaryFolder(), 'media');
  expect(await unpackInto(folder, pieces(archive), entries)).toEqual({ files: 2, bytes: 5000, leftOut: [] });
  expect(readFileSync(path.join(folder, 'latest.jpg'), 'utf8')).toBe('x'.repeat(5000));
  expect(readlinkSync(path.join(folder, 'latest.jpg'))).toBe('2026/ring.jpg');
  // Without the bit that makes a program somebody else.
  expect(statSync(path.join(folder, '2026/ring.jpg')).mode & 0o7777).toBe(0o640);
  expect(statSync(path.join(folder, '2026')).mode & 0o7777).toBe(0o750);
});

describe('nothing is written outside of the folder', () => {
  test.each<[string, readonly Entry[]]>([
    ['a name with ..', [[{ name: './../evil' }, 'x']]],
    ['a name from the root', [[{ name: '/etc/evil' }, 'x']]],
    ['a hard link that leads out', [[{ name: 'a', type: 'link', linkname: '../evil' }]]],
    ['a file below a link', [[{ name: 'out', type: 'symlink', linkname: '.' }], [{ name: 'out/evil' }, 'x']]],
    [
      'a file in the place of a link',
      [[{ name: 'out', type: 'symlink', linkname: 'else' }], [{ name: 'out' }, 'x']],
    ],
  ])('%s is refused, and nothing is left', async (_name, entries) => {
    const home = temporaryFolder();
    await expect(
      unpackInto(path.join(home, 'media'), pieces(await archived(...entries)), []),
    ).rejects.toThrow(/folder|EEXIST/);
    expect(readdirSync(home)).toEqual([]);
  });

  test.each(['/etc/passwd', '../../etc', '2026/../../x'])(
    'a link to %s is not made, and told',
    async (linkname) => {
      const archive = await archived([{ name: 'leak', type: 'symlink', linkname }]);
      const folder = path.join(temporaryFolder(), 'media');
      const { leftOut } = await unpackInto(folder, pieces(archive), await entriesOf(archive));
      expect(leftOut).toEqual([`leak (a link that leads out of the folder, to ${linkname})`]);
      expect(existsSync(path.join(folder, 'leak'))).toBe(false);
    },
  );
});

test('a folder that somebody uses is left alone', async () => {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'mine'), 'x');
  const archive = await archived(...good);
  await expect(unpackInto(folder, pieces(archive), await entriesOf(archive))).rejects.toThrow(/is not empty/);
  expect(lstatSync(path.join(folder, 'mine')).size).toBe(1);
});

test.each<[string, (archive: Buffer) => Buffer]>([
  ['cut off', (archive) => archive.subarray(0, 2000)],
  ['changed', (archive) => Buffer.from(archive.map((byte, at) => (at === 1600 ? byte ^ 1 : byte)))],
  ['no archive', () => Buffer.alloc(4096, 'x')],
])('an archive that is %s is told, and nothing is left', async (_name, spoil) => {
  const archive = await archived(...good);
  const entries = await entriesOf(archive);
  const home = temporaryFolder();
  const unpacking = unpackInto(path.join(home, 'media'), pieces(spoil(archive)), entries);
  await expect(unpacking).rejects.toThrow(ArchiveUnusable);
  expect(readdirSync(home)).toEqual([]);
});
