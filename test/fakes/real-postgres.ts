import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { eventually } from '../../lab/source/eventually.ts';

const installed = '/usr/lib/postgresql';

/** Folder of PostgreSQL's programs on this machine: of the newest version that is installed. */
function programs(): string | undefined {
  if (!existsSync(installed)) return undefined;
  const folders = readdirSync(installed)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => path.join(installed, version, 'bin'));
  return folders.find((folder) => existsSync(path.join(folder, 'initdb')));
}

/** Why there is no PostgreSQL for a test; undefined where there is one. */
export const noPostgres = programs() === undefined ? 'needs PostgreSQL (Debian: postgresql)' : undefined;

/** A PostgreSQL of its own in a folder of its own, reached by its socket. */
export interface RealPostgres {
  /** Runs one of its programs, such as psql or pg_dump, as the superuser `postgres`. Throws when it fails. */
  readonly run: (
    program: string,
    args: readonly string[],
    input?: string | Buffer,
    env?: Readonly<Record<string, string>>,
  ) => Buffer;
  /** PEM of the authority that its certificate is checked against; only with a port. */
  readonly authority?: string;
  readonly stop: () => Promise<void>;
}

/** PostgreSQL refuses to run as root; it gets the user that owns nothing. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A certificate that is its own authority, and a pg_hba.conf that takes TLS and SCRAM from loopback and nothing else. */
function tlsOptions(folder: string, data: string, port: number): readonly string[] {
  const [key, certificate] = [path.join(folder, 'server.key'), path.join(folder, 'server.crt')];
  const subject = ['-subj', '/CN=database', '-days', '2', '-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], {
    ...nobody,
    stdio: 'pipe',
  });
  const rules = 'local all postgres trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n';
  writeFileSync(path.join(data, 'pg_hba.conf'), rules);
  const ssl = ['-c', 'ssl=on', '-c', `ssl_cert_file=${certificate}`, '-c', `ssl_key_file=${key}`];
  return ['-c', 'listen_addresses=127.0.0.1', '-p', `${port}`, ...ssl];
}

/** Makes a cluster and starts it; with a port also on loopback, with TLS and SCRAM only. Throws when it does not start; then nothing of it is left. */
export async function realPostgres(port?: number): Promise<RealPostgres> {
  const bin = programs();
  if (bin === undefined) throw new Error(noPostgres);
  const folder = mkdtempSync(path.join(tmpdir(), 'rekindle-postgres-'));
  chmodSync(folder, 0o700);
  if (nobody.uid !== undefined) chownSync(folder, nobody.uid, nobody.gid);
  const run: RealPostgres['run'] = (program, args, input, more = {}) =>
    execFileSync(path.join(bin, program), args, {
      ...nobody,
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        PGHOST: folder,
        PGPORT: `${port ?? 5432}`,
        PGUSER: 'postgres',
        LC_ALL: 'C.UTF-8',
        ...more,
      },
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input !== undefined && { input }),
    });
  const data = path.join(folder, 'data');
  run('initdb', [
    '-D',
    data,
    '-U',
    'postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ]);
  const options = ['-D', data, '-k', folder, '-c', 'fsync=off'];
  if (port === undefined) options.push('-c', 'listen_addresses=');
  else options.push(...tlsOptions(folder, data, port));
  const child = spawn(path.join(bin, 'postgres'), options, { ...nobody, cwd: folder, stdio: 'ignore' });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGQUIT');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(
      30_000,
      'answer of PostgreSQL',
      async () => {
        try {
          run('pg_isready', ['-q']);
          return true;
        } catch {
          return false;
        }
      },
      100,
    );
  } catch (error) {
    await stop();
    throw error;
  }
  const authority =
    port === undefined ? {} : { authority: readFileSync(path.join(folder, 'server.crt'), 'utf8') };
  return { run, stop, ...authority };
}
