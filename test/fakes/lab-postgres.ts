import process from 'node:process';

import type { ServerInPod } from '../../src/backup/postgres/psql-session.ts';
import { outputText, script } from '../../src/backup/program-output.ts';
import type { LabContainers } from './lab-container.ts';

/** A server that replicates, in a container of its own. */
export interface LabServer extends ServerInPod {
  /** Of the loopback network: every server has the usual port, as in a pod. */
  readonly address: string;
  /** Its files, as its container sees them. */
  readonly data: string;
}

export const labBinaries = '/usr/lib/postgresql/15/bin';
const data = '/tmp/pg';

/** Who may come in, as in the image that stands for Spilo's where nothing else is said. */
const everybody = `local all all trust
local replication all trust
host all all 127.0.0.0/8 trust
host replication all 127.0.0.0/8 trust
`;

/** Nobody else's: a process of this machine may have the usual port of 127.0.0.1. */
let given = 0;
const nextAddress = (): string =>
  `127.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}.${(given += 1)}`;

function serverIn(pod: string): LabServer {
  const address = nextAddress();
  const where = { namespace: 'shop', pod, container: 'postgres', superuser: 'postgres' };
  return { ...where, socket: '/tmp/run', address, data };
}

async function run(containers: LabContainers, server: LabServer, text: string, ...words: string[]) {
  const { namespace, pod, container } = server;
  return outputText(containers, { namespace, pod, container, argv: script('set up', text, ...words) });
}

const settings = (address: string, more: string): string => `listen_addresses = '${address}'
unix_socket_directories = '/tmp/run'
wal_level = replica
max_wal_senders = 5
fsync = off
${more}
`;

const begin = `set -e
mkdir -p /tmp/run
"$1/pg_ctl" -D ${data} -w -l /tmp/pg.log start >/dev/null 2>&1 || { tail -n 5 /tmp/pg.log >&2; exit 1; }`;

export interface LabServerOptions {
  /** Lines of postgresql.conf. */
  readonly more?: string;
  readonly hba?: string;
  readonly initdb?: string;
}

/** A primary with data checksums, which anybody may copy. */
export async function labPrimary(
  containers: LabContainers,
  pod: string,
  { more = '', hba = everybody, initdb = '--data-checksums' }: LabServerOptions = {},
): Promise<LabServer> {
  const server = serverIn(pod);
  const make = `set -e
"$1/initdb" -D ${data} -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 $4 >/dev/null
printf %s "$2" >>${data}/postgresql.conf
printf %s "$3" >${data}/pg_hba.conf`;
  await run(containers, server, make, labBinaries, settings(server.address, more), hba, initdb);
  await run(containers, server, begin, labBinaries);
  return server;
}

/** A standby that streams from this primary. */
export async function labStandby(
  containers: LabContainers,
  pod: string,
  primary: LabServer,
): Promise<LabServer> {
  const server = serverIn(pod);
  const make = `set -e
"$1/pg_basebackup" -h "$2" -U postgres -D ${data} -R --checkpoint=fast
printf "listen_addresses = '%s'\\n" "$3" >>${data}/postgresql.auto.conf`;
  await run(containers, server, make, labBinaries, primary.address, server.address);
  await run(containers, server, begin, labBinaries);
  return server;
}

/** Runs statements, each in a transaction of its own. */
export async function psql(
  containers: LabContainers,
  { namespace, pod, container, socket = '/tmp/run' }: ServerInPod,
  database: string,
  ...statements: readonly string[]
): Promise<string> {
  const words = statements.flatMap((statement) => ['-c', statement]);
  const options = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-U', 'postgres', '-h', socket];
  const argv = ['psql', ...options, '-d', database, ...words] as [string, ...string[]];
  return outputText(containers, { namespace, pod, container, argv });
}
