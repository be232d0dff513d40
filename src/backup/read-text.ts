import { text } from 'node:stream/consumers';

import type { BackupStore } from '../ports/backup-store.ts';

/** The text of a small file that is not encrypted; undefined when there is none of that name. */
export async function readText(store: BackupStore, id: string, name: string): Promise<string | undefined> {
  const stream = await store.get(id, name);
  return stream === undefined ? undefined : text(stream);
}
