import { randomBytes } from 'node:crypto';
import { z } from 'zod';

import type { Clock } from '../../ports/clock.ts';
import type { PodPrograms } from '../../ports/pod-programs.ts';
import { causeText } from '../../record/explained-error.ts';
import { isAboutThePart } from '../about-the-part.ts';
import type { PartToTake } from '../create.ts';
import type { ClusterDetails } from '../manifest.ts';
import { ProgramFailed, wholeOutput } from '../program-output.ts';
import type { ServersToRead } from '../postgres/choose-server.ts';
import { literal, PsqlSession, type ServerInPod } from '../postgres/psql-session.ts';
import { hasCaughtUp } from '../postgres/take-database.ts';
import type { StoredPart } from '../store-part.ts';
import { BaseTar } from './base-tar.ts';
import { baseBackupProgram } from './replication-way.ts';
import { compressed } from './zstd.ts';

export interface TakeFilesContext {
  readonly programs: PodPrograms;
  readonly clock: Clock;
  readonly say: (line: string) => void;
}

type Store = (plain: AsyncIterable<Buffer>) => Promise<StoredPart>;

const facts = z.object({
  serverVersion: z.number(),
  systemIdentifier: z.string(),
  checksums: z.boolean(),
  tablespaces: z.array(z.string()),
  databases: z.array(z.object({ database: z.string(), bytes: z.number() })),
  binaries: z.string(),
});

const factsQuery = `
  SELECT current_setting('server_version_num')::int AS "serverVersion",
    (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS "systemIdentifier",
    current_setting('data_checksums') = 'on' AS checksums,
    (SELECT coalesce(jsonb_agg(spcname), '[]') FROM pg_catalog.pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')) AS tablespaces,
    (SELECT jsonb_agg(jsonb_build_object('database', datname, 'bytes', pg_database_size(oid)) ORDER BY datname)
      FROM pg_catalog.pg_database WHERE datallowconn) AS databases,
    (SELECT setting FROM pg_catalog.pg_config() WHERE name = 'BINDIR') AS binaries`;

/** What a program that cannot do it would say, known before it is asked. */
function refused({ namespace, pod }: ServerInPod, cause: string, next: string): ProgramFailed {
  return new ProgramFailed({
    what: "The server's files cannot be copied",
    cause,
    place: `pod ${namespace}/${pod}`,
    next,
  });
}

/**
 * One tar to standard output: so nothing is written in the pod. That leaves WAL only the way of `fetch`, which reads it at the end
 * (`stream` needs a second file), and it can hold no tablespaces; the manifest is put into it (PostgreSQL's pg_basebackup.c; the same
 * in 13 to 18).
 */
const options = [
  '--pgdata=-',
  '--format=tar',
  '--wal-method=fetch',
  '--checkpoint=fast',
  '--label=rekindle',
  '--no-estimate-size',
];

/**
 * Keeps the WAL of a backup until it was read: a slot that goes with its session. Patroni leaves temporary ones alone
 * (patroni/postgresql/slots.py, "NOT temporary").
 */
async function keepWal(session: PsqlSession): Promise<void> {
  const name = `rekindle_${randomBytes(6).toString('hex')}`;
  // A session that ends for its idleness would take the slot along.
  await session.run(
    "SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name = 'idle_session_timeout'",
  );
  await session.run(`SELECT pg_catalog.pg_create_physical_replication_slot(${literal(name)}, true, true)`);
}

async function takeFrom(
  { programs }: TakeFilesContext,
  server: ServerInPod,
  cluster: string,
  store: Store,
): Promise<{ readonly stored: StoredPart; readonly of: ClusterDetails }> {
  const session = await PsqlSession.open(programs, server, 'postgres');
  try {
    const { tablespaces, binaries, ...found } = await session.row(factsQuery, facts);
    if (tablespaces.length > 0)
      throw refused(
        server,
        `they lie in tablespaces as well (${tablespaces.join(', ')}), which have no place in one tar`,
        'The dumps hold their tables; for the files use pg_basebackup into a folder of its own.',
      );
    await keepWal(session);
    const program = await baseBackupProgram(session, { ...server, binaries }, ...options);
    const tar = new BaseTar();
    const stored = await store(compressed(tar.through(wholeOutput(programs, program))));
    const of = { kind: 'cluster' as const, cluster, pod: server.pod, ...found, ...tar.described() };
    return { stored, of };
  } finally {
    session.close();
  }
}

/**
 * The files of a whole server with the WAL that makes them consistent, as one part of a backup: from a standby that has everything
 * that is committed now, else from the primary.
 */
export function filesPart(
  context: TakeFilesContext,
  cluster: string,
  { primary, standby }: ServersToRead,
): PartToTake {
  return {
    file: `${cluster}.files.tar.zst`,
    title: `files of ${cluster}`,
    isOptional: true,
    take: async (store) => {
      if (standby !== undefined) {
        try {
          if (await hasCaughtUp(context, primary, standby, 'postgres'))
            return await takeFrom(context, standby, cluster, store);
          context.say(`${standby.pod} is behind; the files are read from the primary instead`);
        } catch (error) {
          if (!isAboutThePart(error)) throw error;
          context.say(`${standby.pod} could not be read (${causeText(error)}); now the primary`);
        }
      }
      return takeFrom(context, primary, cluster, store);
    },
  };
}
