import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

import { isBackupId } from '../../domain/backup-id.ts';
import type { BackupStore, StoredFile } from '../../ports/backup-store.ts';
import { checkedId, checkedName } from './checked-names.ts';
import { StoreUnavailable } from './store-unavailable.ts';

/** An empty object of this name makes a backup a whole one: S3 replaces an object in one step, and has no rename. */
const committed = '.committed';

/** It says whose a backup is, and whether it was finished. */
const lastOfAll = 'manifest.json';

/** Size of a part of an upload, bytes: S3 takes at most 10,000 parts, so a file may have 160 GB. */
const partSize = 16 * 1024 * 1024;

/** Where in S3-compatible storage the backups lie. Credentials are found as every AWS program finds them. */
export interface S3Place {
  readonly bucket: string;
  /** Begins every key; without slashes at its ends; may be empty. */
  readonly prefix: string;
  readonly client: S3ClientConfig;
}

/** Backups in S3-compatible object storage, by the official client. */
export class S3Store implements BackupStore {
  readonly place: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #root: string;

  constructor({ bucket, prefix, client }: S3Place) {
    this.place = `s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`;
    this.#client = new S3Client(client);
    this.#bucket = bucket;
    this.#root = prefix === '' ? '' : `${prefix}/`;
  }

  async ids(): Promise<readonly string[]> {
    const { whole } = await this.#all();
    return whole;
  }

  async unfinished(): Promise<readonly string[]> {
    const { begun } = await this.#all();
    return begun;
  }

  async names(id: string): Promise<readonly string[]> {
    const keys = await this.#keys(`${this.#root}${checkedId(id)}/`);
    // A name with a slash is of another place that lies within this one.
    return keys.filter((name) => name !== committed && !name.includes('/')).toSorted();
  }

  async put(id: string, name: string, bytes: Readable): Promise<StoredFile> {
    const Key = this.#key(id, name);
    const hash = createHash('sha256');
    let size = 0;
    const counted = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    };
    let broken: unknown;
    bytes.once('error', (error) => (broken = error));
    const upload = new Upload({
      client: this.#client,
      params: { Bucket: this.#bucket, Key, Body: Readable.from(counted()) },
      partSize,
      queueSize: 2,
      leavePartsOnError: false,
    });
    try {
      await upload.done();
    } catch (error) {
      if (broken !== undefined) throw broken;
      throw new StoreUnavailable(
        `The backup's file ${name} could not be stored`,
        `${this.place}/${id}`,
        error,
      );
    }
    return { name, bytes: size, sha256: hash.digest('hex') };
  }

  async get(id: string, name: string): Promise<Readable | undefined> {
    const Key = this.#key(id, name);
    return this.#telling(`The backup's file ${name} could not be read`, async () => {
      try {
        const answer = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key }));
        return answer.Body as Readable;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    });
  }

  async commit(id: string): Promise<void> {
    await this.#telling('The backup could not be finished', () =>
      this.#client.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: `${this.#root}${checkedId(id)}/${committed}`,
          Body: Buffer.alloc(0),
        }),
      ),
    );
  }

  async remove(id: string): Promise<void> {
    const names = await this.#keys(`${this.#root}${checkedId(id)}/`);
    // The mark of a whole one first, and last the manifest: what a killed deletion leaves says whose it is, and that it was finished.
    const files = names.filter((name) => !name.includes('/') && name !== committed && name !== lastOfAll);
    await this.#telling('The backup could not be deleted', async () => {
      for (const name of [committed, ...files, lastOfAll]) {
        const Key = `${this.#root}${checkedId(id)}/${name}`;
        await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }));
      }
    });
  }

  #key(id: string, name: string): string {
    return `${this.#root}${checkedId(id)}/${checkedName(name)}`;
  }

  async #all(): Promise<{ readonly whole: readonly string[]; readonly begun: readonly string[] }> {
    const keys = await this.#keys(this.#root);
    const files = keys.map((key) => key.split('/')).filter((parts) => parts.length === 2);
    const ids = new Set(files.map(([id = '']) => id).filter((id) => isBackupId(id)));
    const whole = new Set(files.filter(([, name]) => name === committed).map(([id]) => id));
    const sorted = [...ids].toSorted();
    return { whole: sorted.filter((id) => whole.has(id)), begun: sorted.filter((id) => !whole.has(id)) };
  }

  /** Keys below a prefix, without it. */
  async #keys(prefix: string): Promise<readonly string[]> {
    return this.#telling('The backups could not be listed', async () => {
      const keys: string[] = [];
      const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: prefix });
      for await (const { Contents = [] } of pages)
        for (const { Key = '' } of Contents) keys.push(Key.slice(prefix.length));
      return keys;
    });
  }

  async #telling<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new StoreUnavailable(what, this.place, error);
    }
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'NoSuchKey';
}
