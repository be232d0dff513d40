import type { Clock } from '../../ports/clock.ts';
import type { PodPrograms } from '../../ports/pod-programs.ts';
import type { DatabaseDetails } from '../manifest.ts';
import { differences } from './compare-contents.ts';
import { contentsOf } from './contents.ts';
import { PsqlSession } from './psql-session.ts';
import type { ScratchServer } from './scratch-server.ts';
import { schemaDigest } from './snapshot.ts';

/** What a restore into a scratch server has shown. */
export interface DatabaseProof {
  /** Sentences; none: the copy has everything that was backed up. */
  readonly differences: readonly string[];
  readonly tables: number;
  readonly rows: number;
  /** pg_restore alone, s. */
  readonly restoreSeconds: number;
  /** Reading every row of the copy, s. */
  readonly compareSeconds: number;
}

/** Restores one dump and holds every row, sequence, large object and definition against what is on record. */
export async function proveDatabase(
  { programs, clock }: { readonly programs: PodPrograms; readonly clock: Clock },
  scratch: ScratchServer,
  details: DatabaseDetails,
  dump: { readonly bytes: number; readonly plain: AsyncIterable<Buffer>; readonly jobs: number },
): Promise<DatabaseProof> {
  const start = clock.monotonic();
  await scratch.restoreDump(dump.plain, { ...dump, database: details.database });
  const restored = clock.monotonic();
  const session = await PsqlSession.open(programs, scratch.server, details.database);
  try {
    const [contents, schemaSha256] = await Promise.all([
      contentsOf(session),
      schemaDigest(programs, scratch.server, details.database),
    ]);
    return {
      differences: differences(details, { ...contents, schemaSha256 }),
      tables: contents.tables.length,
      rows: contents.tables.reduce((sum, { rows }) => sum + rows, 0),
      restoreSeconds: (restored - start) / 1000,
      compareSeconds: (clock.monotonic() - restored) / 1000,
    };
  } finally {
    session.close();
  }
}
