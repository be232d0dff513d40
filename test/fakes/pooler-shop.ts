import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { eventually } from '../../lab/source/eventually.ts';
import { fakeApiServer, type FakeAnswer, type ForwardedPort, type SeenRequest } from './api-server.ts';
import { fakeEngine } from './docker-engine.ts';
import type { PoolerContainer } from './pooler-container.ts';
import { definition, pooler, poolerDeployment, shopWithDatabase } from './pooler-shop-objects.ts';
import { Namespace, PoolerPods, StandInNode, StandInOperator } from './pooler-shop-pods.ts';
import type { RealApiServer } from './real-api-server.ts';
import { writeReadable } from './real-pgbouncer.ts';
import { startProgram, type Running } from './running-shop.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface PoolerShopOptions {
  readonly api: RealApiServer;
  readonly namespace: string;
  /** A PgBouncer that can be started. */
  readonly program: readonly string[];
  /** Whose pooler it is. */
  readonly kind: 'operator' | 'own';
  /** spec.pooler of the stack file; undefined: it does not speak of it. */
  readonly asks?: string;
}

/** A shop on a real API server, with real PgBouncers; its nodes and the operator are stood in for. */
export interface PoolerShop {
  readonly stackFile: string;
  readonly space: Namespace;
  readonly pods: PoolerPods;
  readonly node: StandInNode;
  /** Starts the release as the user `rekindle`, who has the rights of deploy/rbac and no other. */
  readonly start: (...args: string[]) => Running;
}

const kubeConfig = (server: string) => `apiVersion: v1
kind: Config
clusters: [{ name: k3d-shop, cluster: { server: '${server}', insecure-skip-tls-verify: true } }]
users: [{ name: rekindle, user: { token: rekindle-token } }]
contexts: [{ name: k3d-shop, context: { cluster: k3d-shop, user: rekindle } }]
current-context: k3d-shop
`;

const stackText = (namespace: string, asks: string | undefined) =>
  [
    '# mine',
    'apiVersion: rekindle.dev/v1alpha1',
    'kind: Stack',
    'metadata: { name: shop }',
    'spec:',
    `  namespace: ${namespace} # here`,
    ...(asks === undefined ? [] : [`  pooler: ${asks}`]),
    '',
  ].join('\n');

/** The cluster's containers, as far as a program looks for its cluster. */
function engineAnswers() {
  const labels = { app: 'k3d', 'k3d.cluster': 'shop', 'k3d.role': 'server' };
  const startedAt = new Date(Date.now() - 600_000).toISOString();
  const server = {
    Id: 'server',
    Name: '/k3d-shop-server-0',
    Config: { Labels: labels },
    State: { Status: 'running', StartedAt: startedAt, ExitCode: 0 },
    HostConfig: { RestartPolicy: { Name: 'unless-stopped' }, PortBindings: null },
    NetworkSettings: { Ports: null, Networks: { 'k3d-shop': { IPAddress: '127.0.0.1' } } },
  };
  return {
    'GET /containers/json': { json: [{ Id: 'server', Labels: labels }] },
    'GET /containers/server/json': { json: server },
  };
}

/** What deploy/rbac gives the user `rekindle`, in this namespace. */
async function grantRights({ api, name: namespace }: Namespace): Promise<void> {
  for (const file of ['rekindle.yaml', 'rekindle-pooler-profile.yaml']) {
    const text = readFileSync(path.join(import.meta.dirname, '../../deploy/rbac', file), 'utf8');
    for (const document of parseAllDocuments(text)) {
      const body = document.toJS() as { kind: string; metadata: { name: string; namespace?: string } };
      const where = body.metadata.namespace === undefined ? '' : `namespaces/${namespace}/`;
      if (where !== '') body.metadata.namespace = namespace;
      const kinds = `${body.kind.toLowerCase()}s/${body.metadata.name}`;
      const place = `/apis/rbac.authorization.k8s.io/v1/${where}${kinds}`;
      await api.request('APPLY', `${place}?fieldManager=test&force=true`, body);
    }
  }
}

async function isServed(space: Namespace): Promise<boolean> {
  try {
    return (await space.get(space.at('postgresqls'))) !== undefined;
  } catch {
    return false;
  }
}

/** The operator's pooler: its resource, its Deployment and two pods. */
async function operatorsPooler(space: Namespace, pods: PoolerPods): Promise<void> {
  const { api } = space;
  if ((await space.get(`${definition.path}/postgresqls.acid.zalan.do`)) === undefined)
    await api.request('POST', definition.path, definition.body);
  const spec = { enableConnectionPooler: true, connectionPooler: { numberOfInstances: 2 } };
  const body = { apiVersion: 'acid.zalan.do/v1', kind: 'postgresql', metadata: { name: 'db' }, spec };
  // Right after its definition a kind is not served yet, and then for a moment not ready.
  await eventually(30_000, 'kind postgresql', () => isServed(space), 50);
  await api.request('POST', space.at('postgresqls'), body);
  await pods.roll(pooler.image);
  await api.request('POST', space.at('deployments'), poolerDeployment(pooler.image, undefined));
}

/** Somebody's own pooler: its ini lies in a ConfigMap that is mounted in its folder. */
async function ownPooler(space: Namespace, pods: PoolerPods): Promise<PoolerContainer> {
  const { api } = space;
  const started = await pods.start(`${pooler.name}-own`, pooler.image);
  const ini = readFileSync(path.join(started.folder, 'pgbouncer.ini'), 'utf8');
  const data = { 'pgbouncer.ini': `; mine\n${ini}\n[users]\n`, 'other.txt': 'not ours' };
  const metadata = { name: 'my-pgbouncer' };
  await api.request('POST', space.at('configmaps'), { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
  await api.request('POST', space.at('deployments'), poolerDeployment(pooler.image, started.folder));
  return started;
}

/** What a kubelet does with a mounted ConfigMap. */
async function showConfigMap(space: Namespace, { folder }: PoolerContainer): Promise<void> {
  const map = (await space.get(space.at('configmaps', 'my-pgbouncer'))) as
    { readonly data?: Readonly<Record<string, string>> } | undefined;
  for (const [key, text] of Object.entries(map?.data ?? {})) writeReadable(path.join(folder, key), text);
}

/** A turn that meets a server which is too busy to answer is taken again. */
async function taken(turn: () => Promise<void>): Promise<void> {
  try {
    await turn();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ClusterUnreachable')) throw error;
  }
}

/** Runs the turns one after the other for as long as the test goes on; what goes wrong in them fails the test. */
function keepTurning(turns: readonly (() => Promise<void>)[]): void {
  const life = new AbortController();
  const live = async () => {
    while (!life.signal.aborted) {
      for (const turn of turns) await taken(turn);
      await sleep(50);
    }
  };
  const alive = Promise.allSettled([live()]);
  onTestFinished(async () => {
    life.abort();
    const [ended] = await alive;
    if (ended.status === 'rejected') throw ended.reason;
  });
}

/** Port-forwards lead to the real PgBouncer of the pod. */
function forwardTo({ processes }: PoolerPods): (port: ForwardedPort) => (bytes: Buffer) => void {
  return (port) => {
    const { url, socket } = port;
    const name = /\/pods\/([^/]+)\//.exec(url)?.[1] ?? '';
    const client = net.connect(processes.get(name)?.port ?? 1, '127.0.0.1');
    client.on('error', () => socket.destroy());
    client.on('data', (bytes: Buffer) => port.send(0, bytes));
    client.on('close', () => socket.destroy());
    socket.on('close', () => client.destroy());
    return (bytes) => client.write(bytes);
  };
}

function logOf({ url }: SeenRequest, { logs }: StandInNode): FakeAnswer | undefined {
  const name = /\/pods\/([^/]+)\/log\?/.exec(url)?.[1];
  return name === undefined ? undefined : { text: logs.get(name) ?? '' };
}

/** The real server's own answer to the user's own request. */
async function passOn({ port, authority }: RealApiServer, seen: SeenRequest): Promise<FakeAnswer> {
  const { method, url, headers, body } = seen;
  const { promise, resolve, reject } = Promise.withResolvers<FakeAnswer>();
  const kept = Object.fromEntries(
    ['authorization', 'content-type', 'accept'].flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  // A DELETE with a body would have no length, and the rest of it be taken for the next request.
  const sized = { ...kept, 'content-length': Buffer.byteLength(body) };
  const sent = https.request(`https://127.0.0.1:${port}${url}`, { method, headers: sized, ca: authority });
  sent.on('error', reject);
  sent.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 500, text: Buffer.concat(chunks).toString('utf8') }),
    );
  });
  sent.end(body);
  return promise;
}

/** Opens the shop for the running test. The release has to be built before (`bundle()`). */
export async function poolerShop(options: PoolerShopOptions): Promise<PoolerShop> {
  const { api, program, kind, namespace, asks } = options;
  const space = new Namespace(api, namespace);
  const pods = new PoolerPods(space, program);
  const node = new StandInNode(space, program);
  for (const { path: place, body } of shopWithDatabase(namespace)) await api.request('POST', place, body);
  await grantRights(space);
  if (kind === 'own') {
    const own = await ownPooler(space, pods);
    keepTurning([() => node.turn(), () => showConfigMap(space, own)]);
  } else {
    await operatorsPooler(space, pods);
    const operator = new StandInOperator(space, pods);
    keepTurning([() => node.turn(), () => operator.turn()]);
  }
  // From now on nobody may make a pod in this namespace that asks for more than it should.
  const enforce = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  if (kind === 'own')
    await api.request('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels: enforce } });
  const proxy = await fakeApiServer({
    answer: (seen) => (seen.url.includes('/portforward') ? undefined : logOf(seen, node)),
    later: (seen) => passOn(api, seen),
    forward: forwardTo(pods),
  });
  const engine = await fakeEngine(engineAnswers());
  const home = temporaryFolder();
  const stackFile = path.join(home, 'rekindle.yaml');
  const config = path.join(home, 'kubeconfig');
  writeFileSync(config, kubeConfig(proxy.config.getCurrentCluster()?.server ?? ''), { mode: 0o600 });
  writeFileSync(stackFile, stackText(namespace, asks));
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_STATE_HOME: path.join(home, 'state'),
    KUBECONFIG: config,
    DOCKER_HOST: engine.url,
  };
  return { stackFile, space, pods, node, start: (...args) => startProgram(args, { cwd: home, env }) };
}
