import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { onTestFinished } from 'vitest';

import { sqlClient } from '../../src/adapters/databases/sql-client.ts';
import { certificateOf, type KeyPair } from './certificate.ts';
import { freePort } from './free-port.ts';
import { writeReadable } from './real-pgbouncer.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** An answer of the API to whoever asks for the ConfigMap: a status and a body, or nothing at all. */
export type SettingsAnswer = { readonly status: number; readonly body: string } | 'silence';

/** An API server that knows one ConfigMap, and what it was asked. */
export interface SettingsApi {
  readonly port: number;
  readonly certificate: KeyPair;
  readonly requests: { readonly url: string; readonly token: string }[];
  answer: SettingsAnswer;
}

/** A ConfigMap as an API server prints it in YAML. */
export function configMapYaml(settings: string): string {
  const lines = settings.split('\n').map((line) => (line === '' ? '' : `    ${line}`));
  return [
    'apiVersion: v1',
    'data:',
    '  other: |',
    '    server_lifetime = 1',
    '  settings.ini: |',
    ...lines,
    'kind: ConfigMap',
    'metadata:',
    '  annotations:',
    '    rekindle.dev/pooler-profile: quick',
    '  name: rekindle-pooler-settings',
    '',
  ].join('\n');
}

/** Starts the API server for the running test. */
export async function settingsApi(answer: SettingsAnswer): Promise<SettingsApi> {
  const certificate = certificateOf('kubernetes');
  const api = { port: 0, certificate, requests: [] as SettingsApi['requests'], answer };
  const server = https.createServer(certificate, (request, response) => {
    api.requests.push({ url: request.url ?? '', token: request.headers.authorization ?? '' });
    if (api.answer === 'silence') return;
    response.writeHead(api.answer.status, { 'Content-Type': 'application/yaml' });
    response.end(api.answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  api.port = (server.address() as AddressInfo).port;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return api;
}

export interface ContainerOptions {
  /** The PgBouncer that is in the image. */
  readonly program: readonly string[];
  readonly api: { readonly port: number; readonly certificate: Pick<KeyPair, 'cert'> };
  /** Without the start script: PgBouncer alone, as in the image that it is built from. */
  readonly isPlain?: boolean;
  /** The token of its service account. */
  readonly token?: string;
  /** The namespace that it believes to be in. */
  readonly namespace?: string;
  /** Settings that the image brings. */
  readonly baked?: string;
  /** Programs that the image does not have. */
  readonly without?: readonly string[];
  /** The rendered configuration besides what the container needs; in section [pgbouncer]. */
  readonly template?: string;
  /** What follows that section. */
  readonly after?: string;
  /** Program that runs the script. */
  readonly shell?: readonly string[];
  /** Every program of the image is this one (busybox). */
  readonly applets?: string;
}

/** A container of the pooler's image, as far as its start script can see. */
export interface PoolerContainer {
  readonly pid: number;
  /** Everything that it has said so far. */
  readonly log: () => string;
  /** Every setting as the process has it; throws while nobody can log in. */
  readonly config: () => Promise<Readonly<Record<string, string | null>>>;
  /** Ends it at once, as the loss of its pod does. */
  readonly end: () => Promise<void>;
  /** Arguments that `openssl` was called with. */
  readonly opensslArguments: () => string;
  readonly port: number;
  /** Folder of its pgbouncer.ini. */
  readonly folder: string;
}

const programs = [
  'awk',
  'cat',
  'chmod',
  'cmp',
  'cp',
  'grep',
  'mktemp',
  'mv',
  'rm',
  'sed',
  'sleep',
  'timeout',
  'tr',
];

function executable(file: string, text: string): void {
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

function which(program: string): string {
  return spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
}

/** The folder of programs that the script finds; `openssl` notes its arguments and is the real one. */
function programFolder(root: string, { without = [], applets }: ContainerOptions): string {
  const folder = path.join(root, 'bin');
  mkdirSync(folder);
  for (const program of programs.filter((name) => !without.includes(name)))
    symlinkSync(applets ?? which(program), path.join(folder, program));
  if (!without.includes('openssl'))
    executable(
      path.join(folder, 'openssl'),
      `#!/bin/sh\necho "$*" >>${root}/arguments\nexec ${which('openssl')} "$@"\n`,
    );
  return folder;
}

/** The shipped script with the places of the test instead of those of an image, and with less patience. */
function script(root: string): string {
  const shipped = readFileSync(
    path.join(import.meta.dirname, '../../deploy/pooler-image/pgbouncer.sh'),
    'utf8',
  );
  const changes: readonly (readonly [string, string])[] = [
    ['part=/usr/libexec/rekindle', `part=${root}/part`],
    ['account=/var/run/secrets/kubernetes.io/serviceaccount', `account=${root}/account`],
    ['soon=3', 'soon=0.3'],
    ['later=30', 'later=0.3'],
  ];
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(`${from}\n`)) throw new Error(`the script has no line ${from}`);
    return text.replace(`${from}\n`, `${to}\n`);
  }, shipped);
}

function fill(root: string, options: ContainerOptions, port: number): void {
  for (const folder of ['part', 'account', 'tmp', 'etc']) {
    mkdirSync(path.join(root, folder));
    chmodSync(path.join(root, folder), 0o777);
  }
  const quoted = options.program.map((word) => `'${word}'`).join(' ');
  executable(path.join(root, 'part/pgbouncer'), `#!/bin/sh\nexec ${quoted} "$@"\n`);
  executable(path.join(root, 'entry'), script(root));
  writeReadable(path.join(root, 'part/settings.ini'), options.baked ?? '');
  writeReadable(path.join(root, 'account/token'), options.token ?? 'token-of-the-pooler');
  writeReadable(path.join(root, 'account/namespace'), options.namespace ?? 'shop');
  writeReadable(path.join(root, 'account/ca.crt'), options.api.certificate.cert);
  writeReadable(path.join(root, 'etc/users'), '"pooler" "pw"\n');
  const own = `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\nauth_type = plain\nauth_file = ${root}/etc/users\nadmin_users = pooler\n`;
  const template = options.template ?? 'server_login_retry = 5\nserver_lifetime = 3600\n';
  const text = `[databases]\n* = host=127.0.0.1 port=1\n\n[pgbouncer]\n${own}${template}${options.after ?? ''}`;
  writeReadable(path.join(root, 'etc/pgbouncer.ini'), text);
}

async function configOf(port: number): ReturnType<PoolerContainer['config']> {
  const stream = async () => {
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  const login = { user: 'pooler', password: 'pw', database: 'pgbouncer', stream };
  const answer = await sqlClient.query(login, ['SHOW CONFIG'], 2000);
  if (!answer.ok) throw new Error(answer.error.message);
  return Object.fromEntries(answer.rows.map((row) => [row['key'] ?? '', row['value'] ?? null]));
}

/** Starts the container; it is gone with the test. */
export async function startContainer(options: ContainerOptions): Promise<PoolerContainer> {
  const root = temporaryFolder();
  chmodSync(root, 0o777);
  const port = await freePort();
  fill(root, options, port);
  const env = {
    PATH: programFolder(root, options),
    TMPDIR: path.join(root, 'tmp'),
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String(options.api.port),
  };
  const scripted = [...(options.shell ?? ['/bin/sh']), path.join(root, 'entry')];
  const [shell = '', ...first] = options.isPlain === true ? options.program : scripted;
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const child: ChildProcess = spawn(shell, [...first, path.join(root, 'etc/pgbouncer.ini')], {
    env,
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...user,
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  const pid = child.pid ?? 0;
  const ended = once(child, 'exit');
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // The whole group: the container's end takes everything in it.
    process.kill(-pid, 'SIGKILL');
    await ended;
  };
  onTestFinished(end);
  return {
    pid,
    port,
    log: () => log,
    end,
    folder: path.join(root, 'etc'),
    config: () => configOf(port),
    opensslArguments: () => readFileSync(path.join(root, 'arguments'), 'utf8'),
  };
}
