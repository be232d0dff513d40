import { systemClock } from '../../src/adapters/system-clock.ts';
import type { FolderStore } from '../../src/adapters/backup-stores/folder.ts';
import { createBackup } from '../../src/backup/create.ts';
import { databaseParts, databasesOf } from '../../src/backup/database-parts.ts';
import type { Proof } from '../../src/backup/evidence.ts';
import type { BackupManifest } from '../../src/backup/manifest.ts';
import { filesPart } from '../../src/backup/physical/take-files.ts';
import type { ServersToRead } from '../../src/backup/postgres/choose-server.ts';
import { ScratchServer } from '../../src/backup/postgres/scratch-server.ts';
import { NoScratchPlace } from '../../src/backup/no-scratch-place.ts';
import { verifyBackup } from '../../src/backup/verify.ts';
import type { LabContainers } from './lab-container.ts';
import { labBinaries } from './lab-postgres.ts';

const needed = { binaries: labBinaries, preloaded: '', superuser: 'postgres' };
const where = { namespace: 'shop', container: 'postgres', folder: '/tmp/scratch' };

/** What one test's backups are made of. */
export interface LabBackups {
  readonly containers: LabContainers;
  readonly store: FolderStore;
  readonly recipient: string;
  readonly said: string[];
}

/** Files, roles and databases of these servers. */
export async function backUpWithFiles(
  { containers, store, recipient, said }: LabBackups,
  servers: ServersToRead,
): Promise<BackupManifest> {
  const tools = { programs: containers, clock: systemClock, say: (line: string) => void said.push(line) };
  const parts = [
    filesPart(tools, 'shop-db', servers),
    ...databaseParts(tools, 'shop-db', servers, await databasesOf(tools, servers)),
  ];
  const { signal } = new AbortController();
  const identity = { stack: 'shop', context: 'k3d-shop', tool: 'test' };
  return createBackup({ ...tools, store, recipients: [recipient], signal }, identity, parts, []);
}

function assertVersion(serverVersion: number): void {
  if (Math.floor(serverVersion / 10_000) === 15) return;
  throw new NoScratchPlace({ what: 'No such version', cause: 'only 15', place: 'here', next: 'Go there.' });
}

/** Proves one of them, in a container that has nothing of the servers that were backed up. */
export async function proveWithFiles(
  { containers, store, said }: LabBackups,
  id: string,
  identity: string,
): Promise<Proof> {
  const place = { ...where, pod: 'scratch' };
  const proof = await verifyBackup(
    {
      programs: containers,
      clock: systemClock,
      say: (line) => void said.push(line),
      store,
      identities: [identity],
      tool: 'test',
      jobs: 2,
      redisOf: () => undefined,
      withScratchServer: async ({ serverVersion, isWithoutWorkers }, use) => {
        assertVersion(serverVersion);
        const scratch = await ScratchServer.start(containers, place, { ...needed, isWithoutWorkers });
        try {
          return await use(scratch);
        } finally {
          await scratch.stop();
        }
      },
      withScratchPlace: async ({ serverVersion }, use) => {
        assertVersion(serverVersion);
        return use(place, needed);
      },
    },
    id,
  );
  return proof;
}
