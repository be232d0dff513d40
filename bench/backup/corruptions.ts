import { cpSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { FolderStore } from '../../src/adapters/backup-stores/folder.ts';
import { encrypted } from '../../src/backup/encryption.ts';
import {
  manifestName,
  parseManifest,
  type BackupManifest,
  type BackupPart,
} from '../../src/backup/manifest.ts';
import { readPart, storePart } from '../../src/backup/store-part.ts';

/** What `newIdentity` makes. */
interface Key {
  readonly identity: string;
  readonly recipient: string;
}

/** A good backup, of which copies are spoilt. */
export interface GoodBackup {
  /** Folder of its store. */
  readonly root: string;
  readonly manifest: BackupManifest;
  readonly key: Key;
  /** Somebody who has another key. */
  readonly stranger: Key;
  /** The file of a database's dump with at least one table. */
  readonly dump: string;
  /** The file with the roles. */
  readonly roles: string;
  /** A role of it without which the database cannot be restored. */
  readonly role: string;
}

/** A copy of a good backup that may be spoilt. */
export class BackupCopy {
  readonly good: GoodBackup;
  readonly folder: string;
  readonly dump: string;
  readonly roles: string;

  constructor(good: GoodBackup, folder: string) {
    this.good = good;
    this.folder = folder;
    cpSync(good.root, folder, { recursive: true });
    this.dump = this.at(good.dump);
    this.roles = this.at(good.roles);
  }

  at(file: string): string {
    return path.join(this.folder, this.good.manifest.id, file);
  }

  part(file: string): BackupPart {
    const part = this.good.manifest.parts.find((entry) => entry.file === file);
    if (part === undefined) throw new Error(`the backup has no file ${file}`);
    return part;
  }

  changeManifest(change: (manifest: BackupManifest) => BackupManifest): void {
    const file = this.at(manifestName);
    writeFileSync(file, JSON.stringify(change(parseManifest(readFileSync(file, 'utf8')))));
  }

  changePart(file: string, change: (part: BackupPart) => BackupPart): void {
    this.changeManifest((whole) => ({
      ...whole,
      parts: whole.parts.map((part) => (part.file === file ? change(part) : part)),
    }));
  }

  changeBytes(file: string, change: (bytes: Buffer) => Uint8Array): void {
    writeFileSync(file, change(readFileSync(file)));
  }

  /** Stores other plain bytes under that name, with digests that fit: what was wrong before it was stored. */
  async replacePlain(file: string, change: (plain: Buffer) => Uint8Array): Promise<void> {
    const store = new FolderStore(this.folder);
    const { manifest, key } = this.good;
    const plain = await buffer(Readable.from(readPart(store, manifest.id, this.part(file), [key.identity])));
    const bytes = Readable.from([change(plain)]);
    const stored = await storePart({ store, recipients: [key.recipient] }, manifest.id, file, bytes);
    this.changePart(file, (part) => ({ ...part, ...stored }));
  }
}

/** Plain bytes of one encrypted chunk and the bytes of its tag (age-encryption.org/v1, STREAM). */
const chunk = 65_536;
const tag = 16;

const flip =
  (at: (size: number) => number, bit = 1) =>
  (bytes: Buffer): Buffer => {
    const index = at(bytes.length);
    const other = Buffer.from(bytes);
    other[index] = (other[index] ?? 0) ^ bit;
    return other;
  };

/** One way in which a backup may be worth nothing, and what is said then. */
export interface Corruption {
  readonly name: string;
  /** `could-not-tell` where nothing is known about the backup itself. */
  readonly verdict: 'bad' | 'could-not-tell';
  readonly told: RegExp;
  readonly spoil: (copy: BackupCopy) => unknown;
}

/** Files that are not what was stored. */
const inTheStore: readonly Corruption[] = [
  {
    name: 'a bit in the header of a file',
    verdict: 'bad',
    told: /decrypted/,
    spoil: (copy) =>
      copy.changeBytes(
        copy.dump,
        flip(() => 30),
      ),
  },
  {
    name: 'a bit in the middle of a file',
    verdict: 'bad',
    told: /decrypted/,
    spoil: (copy) =>
      copy.changeBytes(
        copy.dump,
        flip((size) => size >> 1),
      ),
  },
  {
    name: 'the last bit of a file',
    verdict: 'bad',
    told: /decrypted/,
    spoil: (copy) =>
      copy.changeBytes(
        copy.dump,
        flip((size) => size - 1),
      ),
  },
  {
    name: 'a bit in the roles',
    verdict: 'bad',
    told: /roles.*decrypted/,
    spoil: (copy) =>
      copy.changeBytes(
        copy.roles,
        flip((size) => size - 20),
      ),
  },
  {
    name: 'a block of zeros',
    verdict: 'bad',
    told: /decrypted/,
    spoil: (copy) => copy.changeBytes(copy.dump, (bytes) => bytes.fill(0, 8192, 12_288)),
  },
  {
    name: 'a file that is cut off',
    verdict: 'bad',
    told: /decrypted/,
    spoil: (copy) => truncateSync(copy.dump, Math.floor((copy.part(copy.good.dump).storedBytes * 2) / 3)),
  },
  {
    name: 'a file that is cut off at the end of a chunk',
    verdict: 'bad',
    told: /decrypted/,
    spoil: (copy) => {
      const { storedBytes, bytes } = copy.part(copy.good.dump);
      truncateSync(copy.dump, storedBytes - (bytes % chunk) - tag);
    },
  },
  {
    name: 'an empty file',
    verdict: 'bad',
    told: /decrypted/,
    spoil: (copy) => writeFileSync(copy.dump, ''),
  },
  { name: 'a file that is missing', verdict: 'bad', told: /missing/, spoil: (copy) => rmSync(copy.dump) },
  {
    name: 'bytes behind a file',
    verdict: 'bad',
    told: /decrypted|not the file/,
    spoil: (copy) => copy.changeBytes(copy.dump, (bytes) => Buffer.concat([bytes, Buffer.from('more')])),
  },
  {
    name: 'two files that were swapped',
    verdict: 'bad',
    told: /not the file that was stored|does not hold|not everything arrived/,
    spoil: (copy) => {
      renameSync(copy.dump, copy.at('x'));
      renameSync(copy.roles, copy.dump);
      renameSync(copy.at('x'), copy.roles);
    },
  },
  {
    name: 'a file of somebody who has another key',
    verdict: 'bad',
    told: /decrypted/,
    spoil: async (copy) => {
      const bytes = await encrypted(Readable.from([Buffer.from('x')]), [copy.good.stranger.recipient]);
      writeFileSync(copy.dump, await buffer(bytes));
    },
  },
];

/** A list of the files that is not the one that was written with them. */
const inTheManifest: readonly Corruption[] = [
  {
    name: 'a manifest that is missing',
    verdict: 'bad',
    told: /manifest is missing/,
    spoil: (copy) => rmSync(copy.at(manifestName)),
  },
  {
    name: 'a manifest that is cut off',
    verdict: 'bad',
    told: /manifest cannot be read/,
    spoil: (copy) => truncateSync(copy.at(manifestName), 700),
  },
  {
    name: 'a manifest of another backup',
    verdict: 'bad',
    told: /manifest is of/,
    spoil: (copy) => copy.changeManifest((whole) => ({ ...whole, id: '20250101T000000Z-0000' })),
  },
  {
    name: 'a backup that was never finished',
    verdict: 'bad',
    told: /never finished/,
    spoil: (copy) => copy.changeManifest(({ finishedAt: _finished, ...rest }) => rest),
  },
];

/** Whole and well stored, and still not what the server had. */
const inWhatItHolds: readonly Corruption[] = [
  {
    name: 'a dump that was cut off before it was stored',
    verdict: 'bad',
    told: /pg_restore ended/,
    spoil: (copy) => copy.replacePlain(copy.good.dump, (plain) => plain.subarray(0, plain.length >> 1)),
  },
  {
    name: 'a dump with a bit that was wrong before it was stored',
    verdict: 'bad',
    told: /pg_restore ended|has other rows|has \d+ rows/,
    spoil: (copy) =>
      copy.replacePlain(
        copy.good.dump,
        flip((size) => Math.floor((size * 2) / 3), 4),
      ),
  },
  {
    name: 'a role that is missing',
    verdict: 'bad',
    told: /role "\w+" does not exist/,
    spoil: (copy) =>
      copy.replacePlain(copy.good.roles, (plain) => {
        const lines = plain.toString().split('\n');
        return Buffer.from(lines.filter((line) => !line.includes(copy.good.role)).join('\n'));
      }),
  },
  {
    name: 'rows of another time',
    verdict: 'bad',
    told: /has \d+ rows instead of \d+/,
    spoil: (copy) =>
      copy.changePart(copy.good.dump, (part) => {
        if (part.of.kind !== 'database') return part;
        const tables = part.of.tables.map((table) => ({ ...table, rows: table.rows + 1 }));
        return { ...part, of: { ...part.of, tables } };
      }),
  },
  {
    name: 'an extension that is missing',
    verdict: 'bad',
    told: /extension postgis is missing/,
    spoil: (copy) =>
      copy.changePart(copy.good.dump, (part) => {
        if (part.of.kind !== 'database') return part;
        const extensions = { ...part.of.extensions, postgis: '3.3.2' };
        return { ...part, of: { ...part.of, extensions } };
      }),
  },
  {
    name: 'another version of PostgreSQL',
    verdict: 'could-not-tell',
    told: /version/,
    spoil: (copy) =>
      copy.changePart(copy.good.dump, (part) =>
        part.of.kind === 'database' ? { ...part, of: { ...part.of, serverVersion: 140_012 } } : part,
      ),
  },
];

/** Every way in which a copy of a backup is spoilt; the wrong key, which spoils nothing, is not among them. */
export const corruptions: readonly Corruption[] = [...inTheStore, ...inTheManifest, ...inWhatItHolds];
