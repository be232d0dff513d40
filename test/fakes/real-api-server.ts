import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';

import { labIdentity } from '../../lab/identity.ts';
import { eventually } from '../../lab/source/eventually.ts';
import { ApiTransport } from '../../src/adapters/kubernetes/transport.ts';
import { freePort } from './real-pgbouncer.ts';

/** A Kubernetes API server with an etcd of its own on loopback; nobody runs what it is told. */
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

/** The lab's multi-call binary of upstream Kubernetes and etcd, from its cache; undefined where the lab was never built. */
export function kubernetesProgram(): string | undefined {
  const { cacheDir } = labIdentity(path.dirname(path.dirname(import.meta.dirname)));
  if (!existsSync(cacheDir)) return undefined;
  return readdirSync(cacheDir)
    .filter((name) => name.startsWith('program-kubernetes-'))
    .map((name) => path.join(cacheDir, name, 'kubernetes'))
    .find((file) => existsSync(file));
}

/** Why there can be no real API server here; undefined where there can. */
export const noApiServer =
  kubernetesProgram() === undefined ? 'there is no Kubernetes in the cache of the lab' : undefined;

const startMs = 90_000;

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

function apiServerArguments(etcd: string, port: number): readonly string[] {
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
    '--service-account-issuer=https://kubernetes',
    '--service-account-key-file=accounts.key',
    '--service-account-signing-key-file=accounts.key',
  ];
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Starts the server; whoever does so stops it. Throws when it does not come up, and then nothing of it is left. */
export async function realApiServer(): Promise<RealApiServer> {
  const program = kubernetesProgram() ?? '';
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
    for (const child of children) await killed(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  start(...etcdArguments(loopback(client), loopback(peer)));
  start(...apiServerArguments(loopback(client), port));
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
