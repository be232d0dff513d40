import type { BackupStore } from '../ports/backup-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { PodPrograms } from '../ports/pod-programs.ts';
import { causeText } from '../record/explained-error.ts';
import { absentFrom } from './absent-from.ts';
import { recipientOf } from './encryption.ts';
import type { Proof } from './evidence.ts';
import { Findings } from './findings.ts';
import {
  manifestName,
  parseManifest,
  partsOf,
  type BackupManifest,
  type BackupPart,
  type DatabaseDetails,
  type PartOf,
} from './manifest.ts';
import { proveDatabase, type DatabaseProof } from './postgres/prove-database.ts';
import { usualDatabase } from './postgres/psql-session.ts';
import type { ScratchServer } from './postgres/scratch-server.ts';
import { proveFiles, type WithScratchPlace } from './physical/prove-files.ts';
import { provenByReading } from './prove-by-reading.ts';
import { checkRdb, type RedisInPod } from './redis/rdb.ts';
import { readText } from './read-text.ts';
import { readPart } from './store-part.ts';

/** A server of this version with room for this much, for as long as `use` takes. */
export type WithScratchServer = <T>(
  needed: {
    readonly cluster: string;
    readonly serverVersion: number;
    readonly bytes: number;
    /** As NeededServer has it. */
    readonly isWithoutWorkers: boolean;
  },
  use: (scratch: ScratchServer) => Promise<T>,
) => Promise<T>;

export interface VerifyContext {
  readonly store: BackupStore;
  readonly clock: Clock;
  readonly programs: PodPrograms;
  readonly identities: readonly string[];
  readonly tool: string;
  readonly say: (line: string) => void;
  readonly withScratchServer: WithScratchServer;
  readonly withScratchPlace: WithScratchPlace;
  /** A Redis of that name whose programs can check a copy; undefined: none runs. */
  readonly redisOf: (name: string) => RedisInPod | undefined;
  /** pg_restore restores so many tables at once. */
  readonly jobs: number;
}

/** A database as it was restored needs its rows and indexes; its dump lies beside it meanwhile. */
const roomFactor = 2.5;

/** The manifest of a backup, or why there is none that can be used; the latter is about the backup. */
async function manifestOf(store: BackupStore, id: string): Promise<BackupManifest | string> {
  const text = await readText(store, id, manifestName);
  if (text === undefined) return 'its manifest is missing';
  try {
    const manifest = parseManifest(text);
    if (manifest.id !== id) return `its manifest is of ${manifest.id}`;
    return manifest.finishedAt === undefined ? 'it was never finished' : manifest;
  } catch (error) {
    return `its manifest cannot be read: ${causeText(error)}`;
  }
}

/** Whether one of the keys is one that the backup was made for. */
async function hasKey(identities: readonly string[], { recipients }: BackupManifest): Promise<boolean> {
  const own = await Promise.all(identities.map((identity) => recipientOf(identity)));
  return own.some((recipient) => recipients.includes(recipient));
}

function checkedText({ tables, rows }: DatabaseProof): string {
  return `restored into an empty server; ${tables} tables with ${rows} rows, sequences, large objects and definitions are those of the snapshot`;
}

/** Restores the roles and databases of one cluster, in this order, into one server. */
async function proveCluster(
  context: VerifyContext,
  manifest: BackupManifest,
  cluster: string,
  found: Findings,
): Promise<void> {
  const { store, identities, jobs, say, withScratchServer } = context;
  const databases = partsOf(manifest, 'database').filter(({ of }) => of.cluster === cluster);
  const roles = partsOf(manifest, 'roles').find(({ of }) => of.cluster === cluster);
  const [first] = databases;
  if (first === undefined) return;
  const bytes = Math.max(...databases.map((part) => part.of.bytes * roomFactor + part.bytes));
  const { serverVersion } = first.of;
  const read = (part: BackupPart) => readPart(store, manifest.id, part, identities);
  // Where pg_cron keeps its jobs, unless somebody says otherwise (cron.database_name).
  const isWithoutWorkers = databases.some(({ of }) => of.database === usualDatabase);
  await withScratchServer({ cluster, serverVersion, bytes, isWithoutWorkers }, async (scratch) => {
    found.restoredInto = serverVersion;
    if (roles !== undefined) {
      await scratch.restoreRoles(read(roles), roles.bytes);
      found.proven(roles.file, `${roles.of.roles.length} roles were made in an empty server`);
    }
    for (const part of databases) {
      const { database, tablespaces } = part.of;
      const usual =
        tablespaces === undefined ? '' : `; tablespaces ${tablespaces.join(', ')}: as if it all lay in one`;
      say(`restoring ${database} (${part.bytes} bytes)${usual}`);
      await proveOne(context, scratch, { part, plain: read(part), jobs }, found);
    }
  });
}

async function proveOne(
  context: VerifyContext,
  scratch: ScratchServer,
  {
    part,
    plain,
    jobs,
  }: { part: BackupPart & { of: DatabaseDetails }; plain: AsyncIterable<Buffer>; jobs: number },
  found: Findings,
): Promise<void> {
  try {
    const proof = await proveDatabase(context, scratch, part.of, { bytes: part.bytes, plain, jobs });
    if (proof.differences.length > 0) found.bad(part.file, ...proof.differences);
    else
      found.restored(part.file, checkedText(proof), {
        restoreSeconds: proof.restoreSeconds,
        verifySeconds: proof.compareSeconds,
      });
  } catch (error) {
    found.failed(part.file, error);
  }
}

/** Has a copy of Redis read by its own checker. */
async function proveRedis(
  context: VerifyContext,
  id: string,
  part: PartOf<'redis'>,
  found: Findings,
): Promise<void> {
  const { store, programs, identities } = context;
  const server = context.redisOf(part.of.redis);
  if (server === undefined) {
    found.reasons.push(`${part.file}: no Redis ${part.of.redis} runs here that could check it`);
    return;
  }
  try {
    const { keys } = await checkRdb(programs, server, readPart(store, id, part, identities));
    found.proven(part.file, `read by redis-check-rdb: ${keys} keys, and the checksum fits`);
  } catch (error) {
    found.failed(part.file, error);
  }
}

/** Reads a part to its end: every byte is what was stored, opens with the key, and is what its manifest says. */
async function readWhole(
  { store, identities }: VerifyContext,
  id: string,
  part: BackupPart,
  found: Findings,
): Promise<void> {
  try {
    const { checked, differences } = await provenByReading(readPart(store, id, part, identities), part.of);
    if (differences.length > 0) found.bad(part.file, ...differences);
    else found.proven(part.file, checked);
  } catch (error) {
    found.failed(part.file, error);
  }
}

async function examine(
  context: VerifyContext,
  id: string,
  found: Findings,
): Promise<BackupManifest | undefined> {
  const { store, identities } = context;
  const manifest = await manifestOf(store, id);
  if (typeof manifest === 'string') {
    found.bad(manifestName, manifest);
    return undefined;
  }
  if (!(await hasKey(identities, manifest))) {
    found.reasons.push(
      `this key is none of those that the backup was made for (${manifest.recipients.join(', ')})`,
    );
    return manifest;
  }
  found.reasons.push(...absentFrom(manifest));
  for (const cluster of new Set(partsOf(manifest, 'database').map(({ of }) => of.cluster))) {
    try {
      await proveCluster(context, manifest, cluster, found);
    } catch (error) {
      found.failed(
        partsOf(manifest, 'roles').find(({ of }) => of.cluster === cluster)?.file ?? cluster,
        error,
      );
    }
  }
  for (const part of partsOf(manifest, 'cluster')) await proveFiles(context, manifest, part, found);
  for (const part of partsOf(manifest, 'redis')) await proveRedis(context, id, part, found);
  const done = new Set(found.parts.map(({ file }) => file));
  for (const part of manifest.parts) if (!done.has(part.file)) await readWhole(context, id, part, found);
  return manifest;
}

/**
 * Finds out whether a backup can be used, by using it: everything is read, decrypted and compared, and each database is restored
 * into an empty server of its version and compared row by row with what it was. Never throws for what is wrong with the
 * backup, nor when it could not be told: both are results.
 */
export async function verifyBackup(context: VerifyContext, id: string): Promise<Proof> {
  const { clock, tool } = context;
  const start = clock.monotonic();
  const found = new Findings();
  let manifest: BackupManifest | undefined;
  try {
    manifest = await examine(context, id, found);
  } catch (error) {
    found.reasons.push(causeText(error));
  }
  return {
    backup: id,
    stack: manifest?.stack ?? '',
    verdict: found.verdict,
    at: new Date(clock.now()).toISOString(),
    tool,
    seconds: (clock.monotonic() - start) / 1000,
    ...(found.restoredInto !== undefined && { restoredInto: found.restoredInto }),
    parts: found.parts,
    reasons: found.reasons,
  };
}
