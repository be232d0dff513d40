import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { systemClock } from '../../src/adapters/system-clock.ts';
import type { ServerInPod } from '../../src/backup/postgres/psql-session.ts';
import { takeDatabase } from '../../src/backup/postgres/take-database.ts';
import type { PodPrograms } from '../../src/ports/pod-programs.ts';

/** A database as a backup takes it from its primary, with the dump in memory and not encrypted. */
export async function takenDatabase(programs: PodPrograms, primary: ServerInPod, database: string) {
  let dump = Buffer.alloc(0);
  const context = {
    programs,
    clock: systemClock,
    say: () => undefined,
    store: async (file: string, plain: AsyncIterable<Buffer>) => {
      dump = await buffer(Readable.from(plain));
      return { file, bytes: dump.length, sha256: '', storedBytes: 0, storedSha256: '' };
    },
  };
  const taken = await takeDatabase(context, { primary }, { cluster: 'db', database, file: 'x' });
  return { ...taken, dump };
}
