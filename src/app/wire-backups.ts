import path from 'node:path';
import process from 'node:process';

import { FolderStore } from '../adapters/backup-stores/folder.ts';
import { S3Store } from '../adapters/backup-stores/s3.ts';
import type { BackupStore } from '../ports/backup-store.ts';
import { ExplainedError } from '../record/explained-error.ts';
import { dataDirectory } from '../record/paths.ts';

/** A place for backups that is none. */
export class BackupPlaceUnusable extends ExplainedError {
  override readonly name = 'BackupPlaceUnusable';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `${XDG_DATA_HOME:-~/.local/share}/rekindle/backups/<context>`: on the disk of this machine, which may break with it. */
export function usualBackupFolder(context: string, environment: Environment = process.env): string {
  return path.join(dataDirectory(environment), 'backups', encodeURIComponent(context));
}

function s3Store(place: string): BackupStore {
  const url = URL.canParse(place) ? new URL(place) : undefined;
  const bucket = url?.hostname ?? '';
  if (url === undefined || bucket === '' || url.search !== '' || url.username !== '')
    throw new BackupPlaceUnusable({
      what: 'That is no place for backups',
      cause: 'a bucket is written s3://bucket/prefix',
      place,
      next: 'Credentials, region and endpoint come from the environment, as for every AWS program (AWS_ENDPOINT_URL_S3).',
    });
  // Storage of others is reached by its address with the bucket in the path; AWS itself needs no endpoint.
  const isOther = (process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL']) !== undefined;
  return new S3Store({
    bucket,
    prefix: url.pathname.replaceAll(/^\/+|\/+$/g, ''),
    client: { forcePathStyle: isOther },
  });
}

/** The store at a place that a person wrote: a folder, or `s3://bucket/prefix`. Throws BackupPlaceUnusable. */
export function backupStoreAt(place: string): BackupStore {
  return place.startsWith('s3:') ? s3Store(place) : new FolderStore(path.resolve(place));
}
