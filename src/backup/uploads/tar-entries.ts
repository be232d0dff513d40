import { createHash } from 'node:crypto';
import { once } from 'node:events';

import { extract, type Header } from 'tar-stream';

import type { UploadedEntry } from '../manifest.ts';

/** An archive that is none, or that would write outside of the folder that it is unpacked into. */
export class ArchiveUnusable extends Error {
  override readonly name = 'ArchiveUnusable';
}

/** One entry while it passes by; whoever takes it reads its contents to the end. */
export interface PassingEntry {
  /** Below the folder that was archived; empty: the folder itself. */
  readonly path: string;
  readonly type: UploadedEntry['type'];
  readonly mode: number;
  readonly bytes: number;
  /** ms since the epoch. */
  readonly modifiedAt: number;
  /** Where a link leads. */
  readonly link?: string;
  readonly contents: AsyncIterable<Uint8Array>;
}

const types: Readonly<Partial<Record<NonNullable<Header['type']>, UploadedEntry['type']>>> = {
  file: 'file',
  'contiguous-file': 'file',
  directory: 'directory',
  symlink: 'symlink',
  link: 'hard link',
};

/** A name below the folder. Throws ArchiveUnusable for one that leads out of it, whoever wrote it into the archive. */
export function pathBelow(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (name.startsWith('/') || parts.includes('..') || name.includes('\0'))
    throw new ArchiveUnusable(`the archive has a name that leads out of its folder: ${name}`);
  return parts.join('/');
}

function passing(header: Header, contents: AsyncIterable<Uint8Array>): PassingEntry {
  const type = types[header.type] ?? 'other';
  const linked = type === 'symlink' || type === 'hard link' ? (header.linkname ?? '') : undefined;
  return {
    path: pathBelow(header.name),
    type,
    mode: header.mode & 0o7777,
    bytes: type === 'file' ? header.size : 0,
    modifiedAt: header.mtime.getTime(),
    ...(linked !== undefined && { link: type === 'hard link' ? pathBelow(linked) : linked }),
    contents,
  };
}

/**
 * Lets the bytes of an archive pass, and hands each entry to `take` on the way. The stream fails with what `take` throws and with
 * ArchiveUnusable for what is no archive, or not a whole one.
 */
export async function* tapped(
  bytes: AsyncIterable<Uint8Array>,
  take: (entry: PassingEntry) => Promise<void>,
): AsyncGenerator<Buffer> {
  const parser = extract();
  const parsed = (async () => {
    for await (const entry of parser) {
      const passingEntry = passing(entry.header, entry as AsyncIterable<Uint8Array>);
      await take(passingEntry);
      // What was not taken is skipped, or the next one never comes.
      entry.resume();
    }
  })().catch((error: unknown) => {
    if (error instanceof ArchiveUnusable) throw error;
    throw isOfTheParser(error) ? new ArchiveUnusable('it is no whole archive', { cause: error }) : error;
  });
  // It is heard below, at the latest at the end.
  parsed.catch(() => undefined);
  try {
    for await (const chunk of bytes) {
      const hasRoom = parser.write(chunk);
      // What is wrong with the archive is told by who reads it.
      if (!hasRoom) await Promise.race([once(parser, 'drain').catch(() => parsed), parsed]);
      yield Buffer.from(chunk);
    }
    // The types of streamx want a last chunk.
    parser.end(null);
    await parsed;
  } finally {
    parser.destroy();
  }
}

/** tar-stream's own words (extract.js), and streamx's for a stream that was cut off. */
function isOfTheParser(error: unknown): boolean {
  return (
    error instanceof Error &&
    /Invalid tar header|Unexpected end of data|Premature close|Writable stream closed/i.test(error.message)
  );
}

/** What is on record of each entry; the folder itself is none. */
export async function entryOf({
  path,
  type,
  mode,
  bytes,
  link,
  contents,
}: PassingEntry): Promise<UploadedEntry> {
  const entry = { path, type, mode, bytes, ...(link !== undefined && { link }) };
  if (type !== 'file') return entry;
  const hash = createHash('sha256');
  for await (const chunk of contents) hash.update(chunk);
  return { ...entry, sha256: hash.digest('hex') };
}

/** Lets the bytes pass and collects what is in them. */
export function listing(bytes: AsyncIterable<Uint8Array>, into: UploadedEntry[]): AsyncGenerator<Buffer> {
  return tapped(bytes, async (entry) => {
    if (entry.path !== '') into.push(await entryOf(entry));
  });
}
