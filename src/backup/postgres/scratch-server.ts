import type { PodPrograms, ProgramInPod } from '../../ports/pod-programs.ts';
import { beforeTheBackup } from '../no-scratch-place.ts';
import { outputText, script, withInput } from '../program-output.ts';
import { madeWithoutTablespace } from './dumped-properties.ts';
import {
  identifier,
  maintenanceDatabase,
  programOf,
  usualDatabase,
  type ServerInPod,
} from './psql-session.ts';
import type { ServerFacts } from './snapshot.ts';

/** A container that has the server's own programs and runs as a user that may start a server, and a folder with room in it. */
export interface ScratchPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly folder: string;
}

/** What a server must be like for a backup to be restored into it. */
export type NeededServer = Pick<ServerFacts, 'binaries' | 'preloaded'> & {
  readonly superuser: string;
  /** Whether what is restored may have work for them: pg_cron's jobs would be done in the scratch server as well. */
  readonly isWithoutWorkers?: boolean;
};

/**
 * Settings of a server that lives for one proof: nothing outside its pod reaches it, and nothing of it is to outlive a crash. The
 * libraries are those of the source, because some extensions can only be made where theirs is loaded. Without worker processes their
 * background workers do not start (bgworker.c, RegisterBackgroundWorker), and indexes are built by one process each.
 */
function settings(folder: string, { preloaded, isWithoutWorkers = false }: NeededServer): string {
  const values = {
    listen_addresses: '',
    unix_socket_directories: `${folder}/run`,
    shared_preload_libraries: preloaded,
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '4GB',
    autovacuum: 'off',
    maintenance_work_mem: '128MB',
    max_connections: '20',
    ...(isWithoutWorkers && { max_worker_processes: '0', max_logical_replication_workers: '0' }),
  };
  const lines = Object.entries(values).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return `${lines.join('\n')}\n`;
}

const prepare = `set -e
umask 077
mkdir -p "$1/run"
"$2/initdb" -D "$1/data" -U "$3" --auth=trust --locale=C --encoding=UTF8 --no-sync >"$1/initdb.log" 2>&1 ||
  { tail -n 3 "$1/initdb.log" >&2; exit 1; }
head -c "$4" >>"$1/data/postgresql.conf"`;

const start = `"$2/pg_ctl" -D "$1/data" -w -t 60 -l "$1/server.log" start >/dev/null 2>&1 ||
  { tail -n 5 "$1/server.log" >&2; exit 1; }`;

/** Exactly as many bytes as were announced: older API servers cannot tell the end of the input. */
const receive = `head -c "$2" >"$1.part" && [ "$(wc -c <"$1.part")" -eq "$2" ] && mv "$1.part" "$1" ||
  { echo "not everything arrived" >&2; exit 1; }`;

/** Background workers of libraries are in it (pg_cron's launcher), and come back by themselves. */
const dropUsual = `DROP DATABASE ${identifier(usualDatabase)} WITH (FORCE)`;

/** A PostgreSQL server that exists to prove a backup. */
export class ScratchServer {
  readonly server: ServerInPod;
  readonly #programs: PodPrograms;
  readonly #place: ScratchPlace;
  readonly #needed: NeededServer;

  private constructor(programs: PodPrograms, place: ScratchPlace, needed: NeededServer) {
    const { folder, ...where } = place;
    const { superuser, binaries } = needed;
    this.#programs = programs;
    this.#place = place;
    this.#needed = needed;
    this.server = { ...where, superuser, binaries, socket: `${folder}/run` };
  }

  /** Makes an empty server and starts it. Throws NoScratchPlace with the last words of initdb or of the server. */
  static async start(
    programs: PodPrograms,
    place: ScratchPlace,
    needed: NeededServer,
  ): Promise<ScratchServer> {
    const scratch = new ScratchServer(programs, place, needed);
    const { folder } = place;
    const { binaries, superuser } = needed;
    const text = Buffer.from(settings(folder, needed));
    const making = scratch.#script('initdb', prepare, binaries, superuser, String(text.length));
    await beforeTheBackup('An empty server to restore into could not be started', async () => {
      await withInput(programs, making, one(text));
      await outputText(programs, scratch.#script('pg_ctl start', start, binaries));
    });
    return scratch;
  }

  /** Makes the roles of a `pg_dumpall --roles-only`; the superuser is there already. Throws ProgramFailed. */
  async restoreRoles(sql: AsyncIterable<Buffer>, bytes: number): Promise<void> {
    const file = `${this.#place.folder}/roles.sql`;
    await this.#receive(file, sql, bytes);
    const { superuser } = this.#needed;
    const own = `CREATE ROLE ${superuser};`;
    const text = `grep -vxF "$2" "$1" >"$1.others"
"$5/psql" -X -q -v ON_ERROR_STOP=1 -U "$3" -h "$4" -d postgres -f "$1.others"; code=$?
rm -f "$1" "$1.others"; exit $code`;
    const words = [own, superuser, this.server.socket ?? '', this.#needed.binaries];
    await outputText(this.#programs, this.#scriptOn(file, 'psql', text, ...words));
  }

  /**
   * Restores a dump in the custom format into a database of its own name; a server that lives for one proof has no tablespaces but the usual
   * one. Throws ProgramFailed at the first error.
   */
  async restoreDump(
    dump: AsyncIterable<Buffer>,
    { bytes, jobs, database }: { readonly bytes: number; readonly jobs: number; readonly database: string },
  ): Promise<void> {
    const file = `${this.#place.folder}/dump`;
    await this.#receive(file, dump, bytes);
    const from = maintenanceDatabase(database);
    // This server has one of that name already, and nothing in it.
    if (database === usualDatabase)
      await beforeTheBackup('The empty database of the scratch server could not be dropped', () =>
        outputText(this.#programs, programOf(this.server, 'psql', '-X', '-q', '-d', from, '-c', dropUsual)),
      );
    const read = (program: ProgramInPod) =>
      outputText(this.#programs, { ...program, argv: [...program.argv, file] });
    const isMade = await madeWithoutTablespace(this.#programs, this.server, { database, read });
    const into = isMade ? ['-d', database] : ['--create', '-d', from];
    const options = ['--exit-on-error', '--no-tablespaces', `--jobs=${jobs}`, ...into, file];
    await outputText(this.#programs, programOf(this.server, 'pg_restore', ...options));
    // The next dump takes its name: one that stays costs room, and says nothing about this one.
    await outputText(this.#programs, this.#scriptOn(file, 'rm', 'rm -f "$1" || :'));
  }

  /** Ends the server and removes what it kept. */
  async stop(): Promise<void> {
    const text = `"$2/pg_ctl" -D "$1/data" -m immediate -w stop >/dev/null 2>&1; rm -rf "$1/data" "$1/run"`;
    await outputText(this.#programs, this.#script('pg_ctl stop', text, this.#needed.binaries));
  }

  async #receive(file: string, bytes: AsyncIterable<Buffer>, size: number): Promise<void> {
    // What is wrong with the bytes is thrown by whoever reads them.
    await beforeTheBackup('A file of the backup could not be put into the place in which it is proven', () =>
      withInput(this.#programs, this.#scriptOn(file, 'receive', receive, String(size)), bytes),
    );
  }

  #script(name: string, text: string, ...words: readonly string[]): ProgramInPod {
    return this.#scriptOn(this.#place.folder, name, text, ...words);
  }

  #scriptOn(first: string, name: string, text: string, ...words: readonly string[]): ProgramInPod {
    const { namespace, pod, container } = this.#place;
    return { namespace, pod, container, argv: script(name, text, first, ...words) };
  }
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
