import { execFile, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { onTestFinished } from 'vitest';

import { fakeApiServer, type FakeAnswer, type ForwardedPort, type SeenRequest } from './api-server.ts';
import { dnsAnswer } from './dns-answer.ts';
import { fakeEngine, type EngineAnswers, type FakeEngine } from './docker-engine.ts';
import { shopObjects, smallShop } from './shop-objects.ts';
import { temporaryFolder } from './temporary-folder.ts';

const release = path.join(import.meta.dirname, '../../dist/rekindle.js');

/** How a process of the release ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface ShopOptions {
  /** Whether the load balancer shuns its web server until it is reloaded. */
  readonly isShunned?: boolean;
  /** Restart policy of the cluster's containers; `unless-stopped` when nothing else is said. */
  readonly restartPolicy?: string;
  /** Changes what the API says. */
  readonly answer?: (request: SeenRequest) => FakeAnswer | undefined;
}

/** A shop without a database, on sockets of this machine: an engine, an API and a front door that a real program can use. */
export interface RunningShop {
  /** Home of the program, with its kubeconfig, stack file and state. */
  readonly home: string;
  /** What the program is started with, so that it finds the shop. */
  readonly env: NodeJS.ProcessEnv;
  /** The journal of its runs. */
  readonly journal: string;
  readonly engine: FakeEngine;
  /** Addresses that the program was told of: those of the API and of the front door. */
  readonly addresses: readonly string[];
  readonly reloads: () => number;
  /** Makes the load balancer shun its web server until it is reloaded. */
  readonly shun: () => void;
  /** Restart policies of the engine's containers, by id. */
  readonly policies: () => Readonly<Record<string, string>>;
  /** Ids of the orders that were written through the front door, in order. */
  readonly orders: readonly string[];
  /** Starts the release in this home; on its context and stack file unless other arguments are given. */
  readonly start: (args?: readonly string[], env?: Readonly<Record<string, string>>) => Running;
}

async function listening(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    if (server instanceof http.Server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** The web server: takes orders and gives them back. */
function webServer(orders: string[]): http.Server {
  const serve = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url = '' } = request;
    if (method === 'POST') {
      orders.push((JSON.parse(Buffer.concat(chunks).toString()) as { ref: string }).ref);
      response.writeHead(201).end('{}');
      return;
    }
    const ref = /^\/orders\/by-ref\/([^/]+)\/$/.exec(url)?.[1];
    const isThere = ref === undefined || orders.includes(ref);
    response.writeHead(isThere ? 200 : 404).end(ref ?? 'welcome');
  };
  return http.createServer((request, response) => void serve(request, response));
}

/** The load balancer: passes bytes on, or cuts every connection while it shuns. */
function balancer(port: number, isShunned: () => boolean): net.Server {
  return net.createServer((client) => {
    client.on('error', () => undefined);
    if (isShunned()) {
      client.resetAndDestroy();
      return;
    }
    const web = net.connect(port, '127.0.0.1');
    web.on('error', () => client.destroy());
    client.on('close', () => web.destroy());
    client.pipe(web).pipe(client);
  });
}

const labels = (role: string) => ({ app: 'k3d', 'k3d.cluster': 'shop', 'k3d.role': role });

/** What the engine's answers depend on. */
interface EngineState {
  readonly startedAt: number;
  readonly policies: Map<string, string>;
  readonly reloaded: () => void;
}

function container(id: string, name: string, role: string, { startedAt, policies }: EngineState) {
  return {
    Id: id,
    Name: `/${name}`,
    Config: { Labels: labels(role) },
    State: { Status: 'running', StartedAt: new Date(startedAt).toISOString(), ExitCode: 0 },
    HostConfig: { RestartPolicy: { Name: policies.get(id) }, PortBindings: null },
    NetworkSettings: { Ports: null, Networks: { 'k3d-shop': { IPAddress: '127.0.0.1' } } },
  };
}

/** An engine with the two containers of the cluster; what is run in one is a reload of its nginx. */
function engineAnswers(state: EngineState): EngineAnswers {
  const server = () => container('server', smallShop.node, 'server', state);
  const proxy = () => container('proxy', smallShop.balancer, 'loadbalancer', state);
  const update = (id: string) => ({
    [`POST /containers/${id}/update`]: ({ body }: { readonly body: Buffer }) => {
      const { RestartPolicy } = JSON.parse(body.toString()) as { RestartPolicy: { Name: string } };
      state.policies.set(id, RestartPolicy.Name);
      return { json: {} };
    },
  });
  return {
    'GET /containers/json': {
      json: [server(), proxy()].map(({ Id, Config }) => ({ Id, Labels: Config.Labels })),
    },
    'GET /events': async (_request, response) => {
      response.writeHead(200);
      response.flushHeaders();
      await once(response, 'close');
    },
    'GET /containers/server/json': () => ({ json: server() }),
    'GET /containers/proxy/json': () => ({ json: proxy() }),
    ...update('server'),
    ...update('proxy'),
    'POST /containers/proxy/exec': { status: 201, json: { Id: 'reload' } },
    'POST /exec/reload/start': () => {
      state.reloaded();
      return { text: '' };
    },
    'GET /exec/reload/json': { json: { ExitCode: 0 } },
  };
}

/** Port-forwards to the DNS server and to the web server. */
function forwardTo(webPort: number): (port: ForwardedPort) => (bytes: Buffer) => void {
  return (port) => {
    const { url, socket } = port;
    if (url.includes(`/pods/${smallShop.dnsPod}/`)) return (bytes) => port.send(0, dnsAnswer(bytes));
    const web = net.connect(webPort, '127.0.0.1');
    web.on('error', () => socket.destroy());
    web.on('data', (bytes: Buffer) => port.send(0, bytes));
    socket.on('close', () => web.destroy());
    return (bytes) => web.write(bytes);
  };
}

function apiAnswer(startedAt: number, { answer }: ShopOptions): (request: SeenRequest) => FakeAnswer {
  const objects = shopObjects(startedAt, Date.now());
  const missing: FakeAnswer = { status: 404, text: '404 page not found' };
  return (request) => {
    const changed = answer?.(request);
    if (changed !== undefined) return changed;
    const [where = ''] = request.url.split('?', 1);
    if (where === '/readyz') return { text: 'ok' };
    if (request.url.includes('watch=true')) return 'open';
    const items = objects.get(where);
    return items === undefined ? missing : { json: { kind: 'ThingList', apiVersion: 'v1', items } };
  };
}

const stackFile = (port: number) => `apiVersion: rekindle.dev/v1alpha1
kind: Stack
metadata: { name: shop }
spec:
  namespace: shop
  frontDoor:
    url: http://shop.local:${port}
    address: 127.0.0.1:${port}
    writeProbe:
      { path: /orders/, body: { ref: '\${id}' }, expectStatus: 201, readBack: '/orders/by-ref/\${id}/' }
  policy: { stabilityWindow: 1s }
`;

const kubeConfig = (server: string) => `apiVersion: v1
kind: Config
clusters: [{ name: k3d-shop, cluster: { server: '${server}', insecure-skip-tls-verify: true } }]
users: [{ name: admin, user: { token: token-of-the-shop } }]
contexts: [{ name: k3d-shop, context: { cluster: k3d-shop, user: admin } }]
current-context: k3d-shop
`;

function isTunnel({ url }: SeenRequest): boolean {
  return url.includes('/portforward');
}

/** Opens the shop for the running test. The release has to be built before (`bundle()`). */
export async function runningShop(options: ShopOptions = {}): Promise<RunningShop> {
  const startedAt = Date.now() - 600_000;
  const orders: string[] = [];
  const state = { isShunned: options.isShunned === true, reloads: 0 };
  const webPort = await listening(webServer(orders));
  const doorPort = await listening(balancer(webPort, () => state.isShunned));
  const reloaded = () => {
    state.reloads += 1;
    state.isShunned = false;
  };
  const { restartPolicy = 'unless-stopped' } = options;
  const policies = new Map(['server', 'proxy'].map((id) => [id, restartPolicy]));
  const engine = await fakeEngine(engineAnswers({ startedAt, policies, reloaded }));
  const answer = apiAnswer(startedAt, options);
  const api = await fakeApiServer({
    answer: (request) => (isTunnel(request) ? undefined : answer(request)),
    forward: forwardTo(webPort),
  });
  const server = api.config.getCurrentCluster()?.server ?? '';
  const home = temporaryFolder();
  writeFileSync(path.join(home, 'kubeconfig'), kubeConfig(server), { mode: 0o600 });
  writeFileSync(path.join(home, 'rekindle.yaml'), stackFile(doorPort));
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_STATE_HOME: path.join(home, 'state'),
    KUBECONFIG: path.join(home, 'kubeconfig'),
    DOCKER_HOST: engine.url,
  };
  const start = (args: readonly string[] = ['up', '--json'], more: Readonly<Record<string, string>> = {}) =>
    startProgram(args, { cwd: home, env: { ...env, ...more } });
  return {
    home,
    env,
    journal: path.join(home, 'state', 'rekindle', 'journal.db'),
    engine,
    addresses: [server, `http://127.0.0.1:${doorPort}`],
    reloads: () => state.reloads,
    shun: () => {
      state.isShunned = true;
    },
    policies: () => Object.fromEntries(policies),
    orders,
    start,
  };
}

/** Starts the release; it is ended with the test. */
export function startProgram(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    readonly uid?: number;
    readonly gid?: number;
  },
  program: readonly [string, ...string[]] = [process.execPath, release],
): Running {
  const [file, ...before] = program;
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  const limits = { maxBuffer: 64 * 1024 * 1024 };
  const child = execFile(file, [...before, ...args], { ...options, ...limits }, (_error, stdout, stderr) =>
    resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, ended };
}
