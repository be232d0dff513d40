import { once } from 'node:events';
import { extract, type Header } from 'tar-stream';
import { z } from 'zod';

import { ProgramFailed } from '../program-output.ts';

/** What a base backup says of itself. */
export interface BaseBackup {
  readonly startLsn: string;
  readonly endLsn: string;
  readonly timeline: number;
  readonly readFrom: 'primary' | 'standby';
  /** Files that its manifest names. */
  readonly files: number;
  readonly tarBytes: number;
}

/** Files of the tar that are read while it passes; with so many bytes at most, a manifest has some 150 for each file. */
const wanted: ReadonlySet<string> = new Set(['backup_label', 'backup_manifest']);
const longest = 256 * 1024 * 1024;

/** postgresql.org/docs/current/backup-manifest-format.html */
const manifestShape = z.object({
  Files: z.array(z.unknown()),
  'WAL-Ranges': z
    .array(z.object({ Timeline: z.number(), 'Start-LSN': z.string(), 'End-LSN': z.string() }))
    .length(1),
});

function unusable(cause: string): ProgramFailed {
  return new ProgramFailed({
    what: "The server's files were not copied whole",
    cause,
    place: 'pg_basebackup',
    next: 'Run it again; the dumps do not depend on it.',
  });
}

async function textOf(entry: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of entry) {
    size += chunk.length;
    if (size > longest) throw unusable('its manifest is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Reads along while a tar of pg_basebackup passes: where its WAL begins and ends, and that both its witnesses are in it. */
export class BaseTar {
  readonly #texts = new Map<string, string>();
  #bytes = 0;

  /** The same bytes. Throws ProgramFailed for what is no such tar. */
  async *through(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const reader = extract();
    const reading = this.#read(reader);
    // Told by the write that finds it, or at the end.
    reading.catch(() => undefined);
    try {
      for await (const chunk of bytes) {
        this.#bytes += chunk.length;
        if (!reader.write(chunk)) await Promise.race([once(reader, 'drain'), reading]);
        yield chunk;
      }
      reader.end(null);
      await reading;
    } finally {
      reader.destroy();
    }
  }

  async #read(reader: ReturnType<typeof extract>): Promise<void> {
    for await (const entry of reader) {
      const { name, type }: Header = entry.header;
      if (type === 'symlink') throw unusable(`${name} leads elsewhere: tablespaces are not copied`);
      if (wanted.has(name)) this.#texts.set(name, await textOf(entry as AsyncIterable<Uint8Array>));
      else for await (const _ of entry as AsyncIterable<Uint8Array>);
    }
  }

  /** What passed, once it has passed whole. Throws ProgramFailed. */
  described(): BaseBackup {
    const label = this.#texts.get('backup_label') ?? '';
    const from = /^BACKUP FROM: (primary|master|standby)$/m.exec(label)?.[1];
    const text = this.#texts.get('backup_manifest');
    if (from === undefined || text === undefined) throw unusable('its label or its manifest is missing');
    const { Files: files, 'WAL-Ranges': ranges } = manifestShape.parse(JSON.parse(text));
    const [range] = ranges;
    if (range === undefined) throw unusable('its manifest names no WAL');
    return {
      startLsn: range['Start-LSN'],
      endLsn: range['End-LSN'],
      timeline: range.Timeline,
      readFrom: from === 'standby' ? 'standby' : 'primary',
      files: files.length,
      tarBytes: this.#bytes,
    };
  }
}
