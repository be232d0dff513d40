import { z } from 'zod';

import type { Clock } from '../../ports/clock.ts';
import type { PodPrograms } from '../../ports/pod-programs.ts';
import { causeText } from '../../record/explained-error.ts';
import type { DatabaseDetails } from '../manifest.ts';
import { wholeOutput } from '../program-output.ts';
import type { StoredPart } from '../store-part.ts';
import { writtenSince, type FilesEnd } from '../physical/written-since.ts';
import type { ServersToRead } from './choose-server.ts';
import { sequencesOf, tablespacesOf } from './contents.ts';
import { literal, PsqlSession, type ServerInPod } from './psql-session.ts';
import { contentsIn, dumpOf, openSnapshot, schemaDigest } from './snapshot.ts';

/** A standby that streams has replayed a position within milliseconds; one that has not after this time is not used, ms. */
const replayMs = 10_000;
const replayEveryMs = 100;

/** What taking a database needs from outside. */
export interface TakeContext {
  readonly programs: PodPrograms;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  /** Stores the bytes of a part; throws when they could not be stored whole. */
  readonly store: (file: string, plain: AsyncIterable<Buffer>) => Promise<StoredPart>;
}

/** One database, stored, with what a restored copy of it must have. */
export interface TakenDatabase {
  readonly stored: StoredPart;
  readonly details: DatabaseDetails;
  /** How long pg_dump and everything beside it took, s. */
  readonly seconds: number;
}

/** Whether the standby has replayed everything that is committed now. */
export async function hasCaughtUp(
  { programs, clock }: Pick<TakeContext, 'programs' | 'clock'>,
  primary: ServerInPod,
  standby: ServerInPod,
  database: string,
): Promise<boolean> {
  const [ahead, behind] = await Promise.all([
    PsqlSession.open(programs, primary, database),
    PsqlSession.open(programs, standby, database),
  ]);
  try {
    // Everything that is committed by now lies before this position.
    const { lsn } = await ahead.row(
      'SELECT pg_current_wal_insert_lsn()::text AS lsn',
      z.object({ lsn: z.string() }),
    );
    // Reading alone writes WAL where pages have checksums (hint bits), and what lies on the last, half-filled page is sent to no
    // standby before somebody commits: a transaction without contents makes the WAL writer send it (xact.c, RecordTransactionCommit).
    await ahead.run('SELECT pg_catalog.pg_current_xact_id()');
    const end = clock.monotonic() + replayMs;
    while (clock.monotonic() < end) {
      const { there } = await behind.row(
        `SELECT pg_last_wal_replay_lsn() > ${literal(lsn)}::pg_lsn AS there`,
        z.object({ there: z.boolean() }),
      );
      if (there) return true;
      await clock.sleep(replayEveryMs);
    }
    return false;
  } finally {
    ahead.close();
    behind.close();
  }
}

/** One dump of one server, and everything of its snapshot that a copy can be held against. */
async function takeFrom(
  context: TakeContext,
  server: ServerInPod,
  { cluster, database, file, filesUpTo }: WantedDatabase,
): Promise<TakenDatabase> {
  const { programs, clock, store } = context;
  const start = clock.monotonic();
  const session = await PsqlSession.open(programs, server, database);
  try {
    const before = await sequencesOf(session);
    const snapshot = await openSnapshot(programs, server, database);
    try {
      const { facts } = snapshot;
      const [stored, contents, schemaSha256] = await Promise.all([
        store(file, wholeOutput(programs, dumpOf(snapshot))),
        contentsIn(programs, snapshot),
        schemaDigest(programs, server, database, snapshot.id),
      ]);
      const after = await sequencesOf(session);
      const tablespaces = await tablespacesOf(session);
      const sinceFiles =
        filesUpTo === undefined ? undefined : await writtenSince(programs, session, snapshot, filesUpTo);
      const sequences = Object.fromEntries(
        Object.entries(before).map(([name, value]): [string, [string, string]] => [
          name,
          [value, after[name] ?? value],
        ]),
      );
      const { serverVersion, systemIdentifier, timeline, lsn, bytes, made, inRecovery } = facts;
      const details: DatabaseDetails = {
        kind: 'database',
        cluster,
        database,
        serverVersion,
        systemIdentifier,
        timeline,
        lsn,
        pod: server.pod,
        readFrom: inRecovery ? 'standby' : 'primary',
        bytes,
        made,
        ...(tablespaces.length > 0 && { tablespaces: [...tablespaces] }),
        extensions: { ...contents.extensions },
        tables: [...contents.tables],
        sequences,
        largeObjects: { ...contents.largeObjects },
        schemaSha256,
        ...(sinceFiles !== undefined && { sinceFiles }),
      };
      return { stored, details, seconds: (clock.monotonic() - start) / 1000 };
    } finally {
      snapshot.close();
    }
  } finally {
    session.close();
  }
}

export interface WantedDatabase {
  readonly cluster: string;
  readonly database: string;
  /** Name of its file in the backup. */
  readonly file: string;
  /** Where the server's files in the same backup end; undefined: it has none. */
  readonly filesUpTo?: FilesEnd;
}

/**
 * Dumps a database from a standby that has everything that is committed now, and from the primary when there is none or when
 * the standby's replay cancels the dump ("conflict with recovery"). Throws what the last attempt failed with.
 */
export async function takeDatabase(
  context: TakeContext,
  { primary, standby }: ServersToRead,
  wanted: WantedDatabase,
): Promise<TakenDatabase> {
  if (standby === undefined) return takeFrom(context, primary, wanted);
  try {
    if (await hasCaughtUp(context, primary, standby, wanted.database))
      return await takeFrom(context, standby, wanted);
    context.say(`${standby.pod} is behind; ${wanted.database} is read from the primary instead`);
  } catch (error) {
    context.say(
      `${wanted.database} could not be read from ${standby.pod} (${causeText(error)}); now from the primary`,
    );
  }
  return takeFrom(context, primary, wanted);
}
