import { z } from 'zod';

import type { BackupStore } from '../../ports/backup-store.ts';
import type { PodPrograms } from '../../ports/pod-programs.ts';
import type { Findings } from '../findings.ts';
import { tidied } from '../no-scratch-place.ts';
import type { BackupManifest, BackupPart, ClusterDetails, DatabaseDetails } from '../manifest.ts';
import { literal, PsqlSession } from '../postgres/psql-session.ts';
import type { NeededServer, ScratchPlace } from '../postgres/scratch-server.ts';
import { readPart } from '../store-part.ts';
import { heldAgainstDump } from './held-against-dump.ts';
import { FilesCopy } from './files-copy.ts';
import { decompressed } from './zstd.ts';

/** A place with room for this much and the programs of this version, for as long as `use` takes. */
export type WithScratchPlace = <T>(
  needed: { readonly cluster: string; readonly serverVersion: number; readonly bytes: number },
  use: (place: ScratchPlace, server: NeededServer) => Promise<T>,
) => Promise<T>;

export interface ProveFilesContext {
  readonly store: BackupStore;
  readonly programs: PodPrograms;
  readonly identities: readonly string[];
  readonly say: (line: string) => void;
  readonly withScratchPlace: WithScratchPlace;
}

type FilesPart = BackupPart & { readonly of: ClusterDetails };

/** What recovery and the check write beside the files: WAL of its own, and extensions. */
const roomFactor = 1.2;
const roomBytes = 512 * 1024 * 1024;

const started = z.object({
  inRecovery: z.boolean(),
  lsn: z.string(),
  isBehind: z.boolean(),
  version: z.number(),
  databases: z.array(z.string()),
  canCheck: z.boolean(),
});

/** What the server that was started on the files says of itself. */
async function look(
  programs: PodPrograms,
  copy: FilesCopy,
  { endLsn }: ClusterDetails,
): Promise<z.infer<typeof started>> {
  const session = await PsqlSession.open(programs, copy.server, 'postgres');
  try {
    return await session.row(
      `SELECT pg_is_in_recovery() AS "inRecovery", pg_current_wal_lsn()::text AS lsn,
         pg_current_wal_lsn() < ${literal(endLsn)}::pg_lsn AS "isBehind",
         current_setting('server_version_num')::int AS version,
         (SELECT jsonb_agg(datname) FROM pg_catalog.pg_database) AS databases,
         EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'amcheck') AS "canCheck"`,
      started,
    );
  } finally {
    session.close();
  }
}

const major = (version: number): number => Math.floor(version / 10_000);

/** In what the server on the files is not the one that was backed up. */
function strange(details: ClusterDetails, found: z.infer<typeof started>): readonly string[] {
  const there = new Set(found.databases);
  return [
    ...(found.inRecovery || found.isBehind
      ? [`recovery ended at ${found.lsn}, before ${details.endLsn}, where the files are consistent`]
      : []),
    ...(major(found.version) === major(details.serverVersion)
      ? []
      : [`it is of version ${found.version} instead of ${details.serverVersion}`]),
    ...details.databases.flatMap(({ database }) =>
      there.has(database) ? [] : [`database ${database} is missing`],
    ),
  ];
}

/** Says of each dump of the same backup what of it was compared. */
async function compareDumps(
  { programs }: ProveFilesContext,
  copy: FilesCopy,
  manifest: BackupManifest,
  details: ClusterDetails,
): Promise<{ readonly checked: readonly string[]; readonly differences: readonly string[] }> {
  const dumps = manifest.parts.flatMap(({ of }): DatabaseDetails[] =>
    of.kind === 'database' && of.systemIdentifier === details.systemIdentifier ? [of] : [],
  );
  const checked: string[] = [];
  const differences: string[] = [];
  for (const dump of dumps) {
    const found = await heldAgainstDump(programs, copy.server, dump);
    checked.push(found.checked);
    differences.push(...found.differences);
  }
  return {
    checked:
      dumps.length === 0 ? ['no dump of this server is in the backup to hold its rows against'] : checked,
    differences,
  };
}

async function proveCopy(
  context: ProveFilesContext,
  copy: FilesCopy,
  { manifest, part, found }: { manifest: BackupManifest; part: FilesPart; found: Findings },
): Promise<void> {
  const { store, identities, programs, say } = context;
  const { of: details, file } = part;
  say(`unpacking the files of ${details.cluster} (${details.tarBytes} bytes)`);
  await copy.prepare();
  const stored = readPart(store, manifest.id, part, identities);
  await copy.unpack(decompressed(stored, file), details.tarBytes);
  await copy.verify();
  const control = await copy.control();
  if (control.systemIdentifier !== details.systemIdentifier)
    return found.bad(
      file,
      `its files are of the server ${control.systemIdentifier} instead of ${details.systemIdentifier}`,
    );
  await copy.start(details.serverVersion, control);
  const server = await look(programs, copy, details);
  const dumps = await compareDumps(context, copy, manifest, details);
  if (server.canCheck) await copy.check();
  else found.reasons.push(`${file}: this image has no amcheck, so tables and indexes were not read`);
  const differences = [...strange(details, server), ...dumps.differences];
  if (differences.length > 0) return found.bad(file, ...differences);
  found.proven(
    file,
    `unpacked; pg_verifybackup found all ${details.files} files as the server had named them, and could read the WAL from ${details.startLsn} to ${details.endLsn}`,
    details.checksums
      ? 'pages were held against their checksums by the server while it read them'
      : 'the pages have no checksums (the server was made without)',
    `started as a server of its own: recovered up to ${server.lsn}, system identifier ${control.systemIdentifier}, version ${server.version}`,
    ...(server.canCheck
      ? [
          `pg_amcheck --heapallindexed: every table, and every B-tree index against its table, in ${server.databases.length - 1} databases`,
        ]
      : []),
    ...dumps.checked,
  );
}

/**
 * Proves the files of a server by using them: unpacked in a place of their own, held against the server's manifest, started without
 * a way to or from it, recovered, read whole, and compared with the dumps of the same backup as far as nothing was written between.
 */
export async function proveFiles(
  context: ProveFilesContext,
  manifest: BackupManifest,
  part: FilesPart,
  found: Findings,
): Promise<void> {
  const { cluster, serverVersion, tarBytes } = part.of;
  const bytes = tarBytes * roomFactor + roomBytes;
  try {
    await context.withScratchPlace({ cluster, serverVersion, bytes }, async (place, server) => {
      const copy = new FilesCopy(context.programs, place, server);
      try {
        await proveCopy(context, copy, { manifest, part, found });
      } finally {
        await tidied(context.say, `the copy of the server in ${place.pod} could not be removed`, () =>
          copy.remove(),
        );
      }
    });
  } catch (error) {
    found.failed(part.file, error);
  }
}
