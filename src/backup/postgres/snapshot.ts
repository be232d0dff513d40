import { createHash } from 'node:crypto';
import { z } from 'zod';

import type { PodPrograms, ProgramInPod } from '../../ports/pod-programs.ts';
import { wholeOutput } from '../program-output.ts';
import { contentsOf, seeing, type Contents } from './contents.ts';
import { programOf, PsqlSession, type ServerInPod } from './psql-session.ts';

/** What a server says of itself at the moment of a snapshot. */
const serverFacts = z.object({
  serverVersion: z.number(),
  systemIdentifier: z.string(),
  timeline: z.number(),
  inRecovery: z.boolean(),
  lsn: z.string(),
  bytes: z.number(),
  made: z.object({
    owner: z.string(),
    encoding: z.string(),
    collate: z.string(),
    ctype: z.string(),
    provider: z.string(),
    locale: z.string().nullable(),
  }),
  preloaded: z.string(),
  binaries: z.string(),
});
export type ServerFacts = z.infer<typeof serverFacts>;

/**
 * Read before the snapshot is taken: whatever was committed (on a standby: replayed) before this position is in it. A control
 * file's timeline is of its last checkpoint; a server in recovery tells the one that it receives. Which columns tell of the locale
 * depends on the version: 15 and 16 have daticulocale, later ones datlocale.
 */
const factsQuery = `
  SELECT current_setting('server_version_num')::int AS "serverVersion",
    (SELECT system_identifier::text FROM pg_catalog.pg_control_system()) AS "systemIdentifier",
    coalesce(CASE WHEN pg_is_in_recovery() THEN (SELECT received_tli FROM pg_catalog.pg_stat_wal_receiver) END,
      (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint())) AS timeline,
    pg_is_in_recovery() AS "inRecovery",
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS lsn,
    pg_database_size(current_database()) AS bytes,
    (SELECT jsonb_build_object('owner', pg_get_userbyid(d.datdba), 'encoding', pg_encoding_to_char(d.encoding),
        'collate', d.datcollate, 'ctype', d.datctype,
        'provider', coalesce(to_jsonb(d) ->> 'datlocprovider', 'c'),
        'locale', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))
      FROM pg_catalog.pg_database d WHERE d.datname = current_database()) AS made,
    current_setting('shared_preload_libraries') AS preloaded,
    (SELECT setting FROM pg_catalog.pg_config() WHERE name = 'BINDIR') AS binaries`;

/** A state of a database that several sessions and pg_dump can look at, for as long as it is open. */
export interface Snapshot {
  readonly id: string;
  readonly facts: ServerFacts;
  /** A position that has everything of the snapshot behind it, and the transactions that it sees running (`pg_snapshot`). */
  readonly seen: { readonly lsn: string; readonly running: readonly string[] };
  readonly server: ServerInPod;
  readonly database: string;
  readonly close: () => void;
}

const seenRow = z.object({ lsn: z.string(), running: z.array(z.string()) });

/** Read after the snapshot was taken, in its transaction. A standby names no running transactions: it sees what it has replayed. */
const seenQuery = `
  SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text AS lsn,
    (SELECT coalesce(jsonb_agg(xip::text), '[]') FROM pg_catalog.pg_snapshot_xip(pg_catalog.pg_current_snapshot()) AS xip) AS running`;

/** Opens a snapshot. Throws ProgramFailed, or what starting a program throws. */
export async function openSnapshot(
  programs: PodPrograms,
  server: ServerInPod,
  database: string,
): Promise<Snapshot> {
  const session = await PsqlSession.open(programs, server, database);
  try {
    const facts = await session.row(factsQuery, serverFacts);
    await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const { id } = await session.row(
      'SELECT pg_catalog.pg_export_snapshot() AS id',
      z.object({ id: z.string() }),
    );
    const seen = await session.row(seenQuery, seenRow);
    const own = { ...server, binaries: facts.binaries };
    return { id, facts, seen, server: own, database, close: () => session.close() };
  } catch (error) {
    session.close();
    throw error;
  }
}

/** `pg_dump` in its custom format, of this very snapshot. */
export function dumpOf({ server, database, id }: Snapshot): ProgramInPod {
  return programOf(server, 'pg_dump', '--format=custom', `--snapshot=${id}`, '-d', database);
}

/** Every row of the snapshot, by a session of its own: a dump takes the same time and can run beside it. */
export async function contentsIn(programs: PodPrograms, snapshot: Snapshot): Promise<Contents> {
  const session = await PsqlSession.open(programs, snapshot.server, snapshot.database);
  try {
    await session.run(seeing(snapshot.id));
    return await contentsOf(session);
  } finally {
    session.close();
  }
}

/** Lines of a schema's dump that differ from run to run or from server to server, and say nothing about the schema. */
const passing = /^(?:--.*|\\(?:un)?restrict .*|\s*)$/;

/** pg_dump writes it before its first table, and whenever the next one lies in another tablespace (pg_backup_archiver.c, _selectTablespace). */
const tablespace = /^SET default_tablespace = .*;$/;

/**
 * SHA-256 of the definitions of a database as pg_dump writes them, without comments and as if all lay in one tablespace. Not by
 * `--no-tablespaces`: it would leave out the first of these lines as well, which older backups have in their digest.
 */
export async function schemaDigest(
  programs: PodPrograms,
  server: ServerInPod,
  database: string,
  snapshot?: string,
): Promise<string> {
  const words = [
    '--schema-only',
    ...(snapshot === undefined ? [] : [`--snapshot=${snapshot}`]),
    '-d',
    database,
  ];
  const hash = createHash('sha256');
  let rest = '';
  let isFirst = true;
  const take = (line: string): void => {
    if (passing.test(line)) return;
    const isChosen = tablespace.test(line);
    if (!isChosen || isFirst) hash.update(isChosen ? "SET default_tablespace = '';\n" : `${line}\n`);
    if (isChosen) isFirst = false;
  };
  for await (const chunk of wholeOutput(programs, programOf(server, 'pg_dump', ...words))) {
    const lines = `${rest}${chunk.toString('latin1')}`.split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  }
  take(rest);
  return hash.digest('hex');
}

/** `pg_dumpall` of the roles, their settings and memberships, with their passwords as verifiers. */
export function rolesOf(server: ServerInPod): ProgramInPod {
  return programOf(server, 'pg_dumpall', '--roles-only');
}
