import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { KubeConfig } from '@kubernetes/client-node';

import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';

/** A real API server with a store of its own, without nodes, and without controllers unless they are asked for: for what only it can tell. */
export interface PrivateApiServer {
  /** As its administrator, or as a user without rights of its own. */
  readonly config: (user?: 'admin' | 'rekindle') => KubeConfig;
  readonly stop: () => Promise<void>;
}

/** An API server on a busy machine takes its time, ms. */
const startMs = 110_000;

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const tokens = { admin: 'token-of-the-admin', rekindle: 'token-of-rekindle' } as const;

function configFor(port: number, user: keyof typeof tokens): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'private', server: `https://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: user, token: tokens[user] },
  );
  return config;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Words of a command line. */
function flags(strings: TemplateStringsArray, ...values: readonly (string | number)[]): readonly string[] {
  return String.raw(strings, ...values)
    .trim()
    .split(/\s+/);
}

export interface PrivateApiOptions {
  /** Controllers of the controller manager that are run as well; without any it is not started. */
  readonly controllers?: readonly string[];
}

/** Starts etcd and kube-apiserver of the lab's multi-call program on loopback, on ports that are free. */
export async function startPrivateApiServer(
  program: string,
  { controllers = [] }: PrivateApiOptions = {},
): Promise<PrivateApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'rekindle-api-'));
  const start = (name: string, args: readonly string[]): ChildProcess => {
    symlinkSync(program, join(folder, name));
    const log = openSync(join(folder, `${name}.log`), 'a');
    // It ends with this process, however that ends (prctl(2), PR_SET_PDEATHSIG): a test run that is killed leaves no server.
    return spawn('setpriv', ['--pdeathsig=KILL', '--', join(folder, name), ...args], {
      stdio: ['ignore', log, log],
      cwd: folder,
    });
  };
  const [client, peer, secure] = [await freePort(), await freePort(), await freePort()];
  const [store, peers] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  const rows = [`${tokens.admin},admin,admin,"system:masters"`, `${tokens.rekindle},rekindle,rekindle,`];
  writeFileSync(join(folder, 'tokens.csv'), `${rows.join('\n')}\n`, { mode: 0o600 });
  const etcd = start(
    'etcd',
    flags`
    --data-dir=store --log-level=error --unsafe-no-fsync --listen-client-urls=${store} --advertise-client-urls=${store}
    --listen-peer-urls=${peers} --initial-advertise-peer-urls=${peers} --initial-cluster=default=${peers}`,
  );
  const api = start(
    'kube-apiserver',
    flags`
    --etcd-servers=${store} --secure-port=${secure} --bind-address=127.0.0.1 --cert-dir=certificates
    --authorization-mode=RBAC --token-auth-file=tokens.csv --service-cluster-ip-range=10.43.0.0/16
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file=sa.key
    --service-account-signing-key-file=sa.key --profiling=false --disable-admission-plugins=ServiceAccount`,
  );
  const children = [api, etcd];
  const stop = async (): Promise<void> => {
    for (const child of children) await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(secure, api, join(folder, 'kube-apiserver.log'));
    if (controllers.length > 0) {
      writeFileSync(join(folder, 'admin.kubeconfig'), configFor(secure, 'admin').exportConfig(), {
        mode: 0o600,
      });
      const words = flags`--kubeconfig=admin.kubeconfig --controllers=${controllers.join(',')} --leader-elect=false
        --secure-port=0 --profiling=false`;
      children.unshift(start('kube-controller-manager', words));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { config: (user = 'admin') => configFor(secure, user), stop };
}

async function answers(port: number, api: ChildProcess, log: string): Promise<void> {
  const reader = createClusterReader(configFor(port, 'admin'), { deadlineMs: 2000 });
  const deadline = performance.now() + startMs;
  for (;;) {
    try {
      await reader.ready();
      return;
    } catch (error) {
      const isOver = performance.now() > deadline || api.exitCode !== null;
      if (isOver)
        throw new Error(`no API server: ${readFileSync(log, 'utf8').slice(-2000)}`, { cause: error });
      await sleep(200);
    }
  }
}
