import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';

import { eventually } from '../../lab/source/eventually.ts';
import { bundle } from '../../scripts/bundle.ts';
import { FolderStore } from '../../src/adapters/backup-stores/folder.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { clusterPart } from '../../src/backup/cluster/cluster-part.ts';
import type { ClusterDefinition } from '../../src/backup/cluster/definition.ts';
import { createBackup } from '../../src/backup/create.ts';
import { newIdentity } from '../../src/backup/encryption.ts';
import { objectsPart } from '../../src/backup/objects/objects-part.ts';
import { fakeEngine, type EngineAnswers, type FakeEngine } from '../fakes/docker-engine.ts';
import { startProgram, type Ended } from '../fakes/running-shop.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

beforeAll(async () => {
  await bundle();
});

const definition: ClusterDefinition = {
  schema: 'rekindle.dev/v1alpha1/cluster-definition',
  provider: 'k3d',
  name: 'shop',
  image: { name: 'rancher/k3s:1', id: 'sha256:k3s', digests: ['rancher/k3s@sha256:1'], isStored: false },
  loadBalancerImage: { name: 'ghcr.io/k3d-io/k3d-proxy:5.8.3', isStored: false },
  servers: 1,
  agents: 0,
  api: { host: '', hostIp: '127.0.0.1', hostPort: '6550' },
  ports: [{ port: '8443:30443', nodes: ['loadbalancer'] }],
  volumes: [],
  arguments: [],
  environment: [],
  containerLabels: [],
  nodeLabels: [],
  serversMemoryBytes: 0,
  agentsMemoryBytes: 0,
  hostAliases: [],
  registries: { use: [] },
  nodeObjects: [],
  images: [{ name: 'shop/app:1', inEngine: 'sha256:app', isStored: false }],
  notes: [],
};

const password = 'the-password-of-the-shop';
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'shop', uid: '' },
  data: { password: Buffer.from(password).toString('base64') },
};

interface Place {
  readonly home: string;
  readonly id: string;
  readonly at: readonly string[];
}

/** A folder with one backup in it, and its key. */
async function backedUp(): Promise<Place> {
  const home = temporaryFolder();
  const { identity, recipient } = await newIdentity();
  const key = path.join(home, 'backup.key');
  writeFileSync(key, `${identity}\n`, { mode: 0o600 });
  const context = {
    store: new FolderStore(path.join(home, 'backups')),
    clock: systemClock,
    recipients: [recipient],
    say: () => undefined,
    signal: new AbortController().signal,
  };
  const { uid: _uid, ...metadata } = secret.metadata;
  const objects = [{ ...secret, metadata }] as unknown as Parameters<typeof objectsPart>[0]['objects'];
  const collected = { namespace: 'shop', operators: [], objects, leftOut: [], missing: [] };
  const parts = [objectsPart(collected), clusterPart(definition)];
  const identityOf = { stack: 'shop', context: 'k3d-shop', tool: 'rekindle 0' };
  const { id } = await createBackup(context, identityOf, parts, [
    { what: 'namespace other', why: 'it is not of this stack' },
  ]);
  return { home, id, at: ['--at', path.join(home, 'backups'), '--key', key] };
}

const nothing: EngineAnswers = {
  'GET /containers/json': { json: [] },
  'GET /volumes': { json: { Volumes: [] } },
};
const app: EngineAnswers = { 'GET /images/shop/app%3A1/json': { json: { Id: 'sha256:app' } } };

/** The environment of a person whose cluster is gone; k3d is this script. */
function environment({ home }: Place, engine: FakeEngine, k3d = 'exit 1'): NodeJS.ProcessEnv {
  const tool = path.join(home, 'k3d');
  writeFileSync(tool, `#!/bin/sh\n${k3d}\n`);
  chmodSync(tool, 0o755);
  return {
    HOME: home,
    PATH: '/usr/bin:/bin',
    XDG_STATE_HOME: path.join(home, 'state'),
    DOCKER_HOST: engine.url,
    REKINDLE_K3D: tool,
  };
}

const words = ({ at }: Place, ...more: readonly string[]) => [
  'backup',
  'restore',
  '--from-nothing',
  ...at,
  ...more,
];

async function run(
  place: Place,
  answers: EngineAnswers,
  more: readonly string[] = [],
): Promise<Ended & { readonly requests: readonly string[] }> {
  const engine = await fakeEngine(answers);
  const env = environment(place, engine);
  const ended = await startProgram(words(place, ...more, '--json'), { cwd: place.home, env }).ended;
  return { ...ended, requests: engine.requests };
}

const read = (text: string) => JSON.parse(text) as Record<string, unknown>;

test('without --yes it says what it would make, and makes nothing', async () => {
  const place = await backedUp();
  const { code, stdout, requests } = await run(place, { ...nothing, ...app });
  expect(code).toBe(0);
  expect(read(stdout)).toMatchObject({
    cluster: 'shop',
    backup: place.id,
    images: [
      { image: 'rancher/k3s:1', from: 'its registry (rancher/k3s@sha256:1)' },
      { image: 'shop/app:1', from: 'the engine' },
    ],
    warnings: [
      'this backup was never proven here (rekindle backup verify)',
      'not in the backup: namespace other (it is not of this stack)',
    ],
    refusals: [],
  });
  expect(requests.every((request) => request.startsWith('GET '))).toBe(true);
  expect(stdout).not.toContain(password);
});

test('it has to be said where the backup lies', async () => {
  const place = await backedUp();
  const engine = await fakeEngine(nothing);
  const env = environment(place, engine);
  const { code, stderr } = await startProgram(['backup', 'restore', '--from-nothing'], {
    cwd: place.home,
    env,
  }).ended;
  expect(code).toBe(64);
  expect(stderr).toContain('--at');
});

const container = {
  Id: 'one',
  Name: '/k3d-shop-server-0',
  Config: { Labels: { 'k3d.cluster': 'shop', 'k3d.role': 'server', app: 'k3d' } },
  State: { Status: 'running', StartedAt: '', ExitCode: 0 },
  HostConfig: {},
  NetworkSettings: {},
};

test.each<[string, EngineAnswers, RegExp]>([
  [
    'a cluster of that name',
    {
      ...app,
      ...nothing,
      'GET /containers/json': { json: [{ Id: 'one' }] },
      'GET /containers/one/json': { json: container },
    },
    /there is a cluster shop already.*k3d cluster delete shop/,
  ],
  [
    'a volume of that name',
    { ...app, ...nothing, 'GET /volumes': { json: { Volumes: [{ Name: 'k3d-shop-images' }] } } },
    /already: k3d-shop-images/,
  ],
  [
    'an image that can be had from nowhere',
    nothing,
    /image shop\/app:1 can be had from nowhere.*docker build/,
  ],
])('%s is refused, with the next move', async (_name, answers, why) => {
  const { code, stdout, requests } = await run(await backedUp(), answers, ['--yes']);
  expect(code).toBe(1);
  expect(read(stdout)).toMatchObject({
    exitCode: 1,
    error: { kind: 'RebuildRefused', message: expect.stringMatching(why) },
  });
  expect(requests.every((request) => request.startsWith('GET '))).toBe(true);
});

test('an engine that does not answer is no word that nothing is there', async () => {
  const { code, stdout } = await run(await backedUp(), { ...app, ...nothing, 'GET /volumes': 'drop' }, [
    '--yes',
  ]);
  expect(code).toBe(2);
  expect(read(stdout)).toMatchObject({ error: { kind: 'EngineUnreachable' } });
});

test.each(['objects.json.age', 'cluster-definition.json.age'])(
  'a backup whose %s is damaged or gone is refused before anything is made',
  async (name) => {
    const place = await backedUp();
    const file = path.join(place.home, 'backups', place.id, name);
    const whole = readFileSync(file);
    for (const bytes of [
      Buffer.from(whole.map((byte, at) => (at === whole.length - 20 ? byte ^ 1 : byte))),
      whole.subarray(0, whole.length - 30),
      Buffer.alloc(0),
    ]) {
      writeFileSync(file, bytes);
      const { code, stdout } = await run(place, { ...nothing, ...app }, ['--yes']);
      expect(code).toBe(1);
      expect(read(stdout)).toMatchObject({
        error: { kind: 'RebuildRefused', message: expect.stringContaining(name) },
      });
    }
  },
);

test(
  'killed while it waits for the nodes, it goes on with its own cluster and makes no second one',
  { timeout: 90_000 },
  async () => {
    const place = await backedUp();
    const made = path.join(place.home, 'made.yaml');
    const calls = path.join(place.home, 'calls');
    const labels = () => {
      const { options } = parse(readFileSync(made, 'utf8')) as {
        readonly options: { readonly runtime: { readonly labels: readonly { readonly label: string }[] } };
      };
      const [mark = ''] = options.runtime.labels.map(({ label }) => label);
      const [name = '', value = ''] = mark.split('=');
      return { ...container.Config.Labels, [name]: value };
    };
    const engine = await fakeEngine({
      ...app,
      'GET /volumes': { json: { Volumes: [] } },
      'GET /containers/json': () => ({ json: existsSync(made) ? [{ Id: 'one', Labels: labels() }] : [] }),
      'GET /containers/one/json': () => ({ json: { ...container, Config: { Labels: labels() } } }),
    });
    const kubeconfig = `{ clusters: [{ name: k3d-shop, cluster: { server: "https://127.0.0.1:1" } }], users: [{ name: admin, user: {} }], contexts: [{ name: k3d-shop, context: { cluster: k3d-shop, user: admin } }], current-context: k3d-shop }`;
    const env = environment(
      place,
      engine,
      `echo "$1 $2" >>${calls}
case "$1 $2" in
  "cluster create") cp "$4" ${made} ;;
  "kubeconfig get") echo '${kubeconfig}' ;;
esac`,
    );
    const options = { cwd: place.home, env };
    const first = startProgram(words(place, '--yes'), options);
    let said = '';
    first.child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    await eventually(
      30_000,
      'wait for the nodes',
      async () => Promise.resolve(said.includes('is reached by')),
      50,
    );
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await startProgram(words(place, '--json'), options).ended;
    expect(second.code).toBe(0);
    const plan = read(second.stdout) as unknown as {
      readonly steps: readonly { readonly id: string; readonly isDone: boolean }[];
      readonly warnings: readonly string[];
    };
    expect(plan.steps.filter(({ isDone }) => isDone).map(({ id }) => id)).toEqual([
      'images-into-engine',
      'cluster',
    ]);
    expect(plan.warnings).toContainEqual(
      expect.stringContaining('going on with a restore that was interrupted'),
    );
    const third = startProgram(words(place, '--yes'), options);
    let saidAgain = '';
    third.child.stderr?.on('data', (text: Buffer) => (saidAgain += text.toString()));
    await eventually(
      30_000,
      'wait for the nodes',
      async () => Promise.resolve(saidAgain.includes('is reached by')),
      50,
    );
    third.child.kill('SIGKILL');
    await third.ended;
    const all = readFileSync(calls, 'utf8').split('\n');
    expect(all.filter((call) => call === 'cluster create')).toHaveLength(1);
    expect(all).not.toContain('cluster delete');
    // No configuration, which may hold passwords, is left behind.
    expect(
      readdirSync(path.join(place.home, 'state/rekindle')).filter((name) => name.startsWith('k3d-')),
    ).toEqual([]);
  },
);
