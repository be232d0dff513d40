import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';

import { eventually } from '../../lab/source/eventually.ts';
import { ApiTransport } from '../../src/adapters/kubernetes/transport.ts';
import { freePort } from './free-port.ts';
import { labProgram } from './lab-program.ts';

/** A Kubernetes API server with an etcd of its own on loopback, without nodes: for what only it can tell. */
export interface RealApiServer {
  /** Ends it and removes its data; to be called after the tests of a file (a hook that is set in a hook is never run). */
  readonly stop: () => Promise<void>;
  readonly port: number;
  /** PEM of the authority that its certificate is checked against. */
  readonly authority: string;
  /** A user of the group system:masters. */
  readonly admin: KubeConfig;
  /** A user without any right but those that the test binds to the name `rekindle`. */
  readonly rekindle: KubeConfig;
  /** Any request, as the administrator; the JSON of the answer. */
  readonly request: (
    method: 'GET' | 'POST' | 'DELETE' | 'PATCH' | 'APPLY',
    path: string,
    body?: unknown,
  ) => Promise<Readonly<Record<string, unknown>>>;
}

/** The lab's multi-call program of upstream Kubernetes and etcd. */
const program = labProgram('kubernetes');

/** Why there can be no real API server here; undefined where there can. */
export const noApiServer =
  program === undefined
    ? 'needs the Kubernetes program that the lab builds (`npm run lab -- up`)'
    : undefined;

/** A server on a busy machine takes its time, ms. */
const startMs = 110_000;

/** Certificate of the server (its own authority) and key of the service accounts' tokens. */
function keys(folder: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'server.key'];
  const names = ['-subj', '/CN=kubernetes', '-addext', 'subjectAltName=DNS:kubernetes,IP:127.0.0.1'];
  openssl('req', '-x509', '-days', '2', ...kind, ...names, '-out', 'server.crt');
  openssl('genrsa', '-out', 'accounts.key', '2048');
  writeFileSync(
    path.join(folder, 'tokens.csv'),
    'admin-token,admin,admin,"system:masters"\nrekindle-token,rekindle,rekindle\n',
  );
}

function configWith(server: string, authority: string, token: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'real', server, caData: Buffer.from(authority).toString('base64'), skipTLSVerify: false },
    { name: 'user', token },
  );
  return config;
}

function loopback(port: number): string {
  return `http://127.0.0.1:${port}`;
}

function etcdArguments(client: string, peer: string): readonly string[] {
  return [
    'etcd',
    '--name=one',
    '--data-dir=etcd',
    '--log-level=error',
    '--unsafe-no-fsync',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=one=${peer}`,
  ];
}

function apiServerArguments(etcd: string, port: number, controllers: readonly string[]): readonly string[] {
  return [
    'kube-apiserver',
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--tls-cert-file=server.crt',
    '--tls-private-key-file=server.key',
    '--token-auth-file=tokens.csv',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.43.0.0/16',
    '--profiling=false',
    // Its pods would need a controller that makes accounts.
    ...(controllers.includes('serviceaccount-controller')
      ? []
      : ['--disable-admission-plugins=ServiceAccount']),
    '--service-account-issuer=https://kubernetes',
    '--service-account-key-file=accounts.key',
    '--service-account-signing-key-file=accounts.key',
  ];
}

function controllerArguments(controllers: readonly string[]): readonly string[] {
  return [
    'kube-controller-manager',
    '--kubeconfig=admin.kubeconfig',
    `--controllers=${controllers.join(',')}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--profiling=false',
  ];
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/**
 * Starts the server, and those controllers of the controller manager that are named; whoever does so stops it. Throws when it
 * does not come up, and then nothing of it is left.
 */
export async function realApiServer(controllers: readonly string[] = []): Promise<RealApiServer> {
  if (program === undefined) throw new Error(noApiServer);
  const folder = mkdtempSync(path.join(tmpdir(), 'rekindle-api-'));
  keys(folder);
  const children: ChildProcess[] = [];
  const said: string[] = [];
  const start = (...args: string[]) => {
    // They end with this process, also when that is killed.
    const bound = ['--pdeathsig', 'KILL', program, ...args];
    const child = spawn('setpriv', bound, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => said.push(chunk));
    children.push(child);
  };
  const stop = async () => {
    for (const child of children.toReversed()) await killed(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  start(...etcdArguments(loopback(client), loopback(peer)));
  start(...apiServerArguments(loopback(client), port, controllers));
  const server = `https://127.0.0.1:${port}`;
  const authority = readFileSync(path.join(folder, 'server.crt'), 'utf8');
  const admin = configWith(server, authority, 'admin-token');
  const transport = new ApiTransport(admin);
  try {
    await eventually(
      startMs,
      'answer of the API server',
      async () => {
        try {
          return (await transport.send({ method: 'GET', path: '/readyz', deadlineMs: 2000 })) === 'ok';
        } catch {
          return false;
        }
      },
      200,
    );
  } catch (error) {
    await stop();
    throw new Error(`the API server does not start: ${said.join('').slice(-2000)}`, { cause: error });
  }
  if (controllers.length > 0) {
    writeFileSync(path.join(folder, 'admin.kubeconfig'), admin.exportConfig(), { mode: 0o600 });
    start(...controllerArguments(controllers));
  }
  return {
    stop,
    port,
    authority,
    admin,
    rekindle: configWith(server, authority, 'rekindle-token'),
    request: async (method, place, body) =>
      transport.sendJson({ method, path: place, deadlineMs: 10_000, ...(body !== undefined && { body }) }),
  };
}
