import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import { resolveEngineEndpoint } from '../../src/adapters/docker/endpoint.ts';
import { DockerEngine } from '../../src/adapters/docker/engine.ts';
import { createK3dMaker } from '../../src/adapters/providers/k3d-maker.ts';
import type { ClusterMaker } from '../../src/ports/cluster-maker.ts';
import { fakeEngine, type EngineAnswers, type FakeEngine } from '../fakes/docker-engine.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const signal = new AbortController().signal;

const server = {
  Id: 'server',
  Name: '/k3d-shop-server-0',
  Image: 'sha256:node',
  Config: {
    Labels: { app: 'k3d', 'k3d.cluster': 'shop', 'k3d.role': 'server' },
    Image: 'rancher/k3s:1',
    Env: ['K3S_TOKEN=x'],
    Cmd: ['server', '--disable', 'traefik'],
  },
  State: { Status: 'running', StartedAt: '2026-01-01T00:00:00Z', ExitCode: 0 },
  HostConfig: {
    // k3d 5.8.3 asks for the port of the API without a protocol.
    PortBindings: {
      '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '' }],
      '6443': [{ HostIp: '127.0.0.1', HostPort: '6550' }],
    },
    Binds: ['/srv:/data'],
    Memory: 1024,
  },
  NetworkSettings: {
    Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '32001' }] },
    Networks: { 'k3d-shop': {} },
  },
};

interface Made {
  readonly maker: ClusterMaker;
  readonly engine: FakeEngine;
}

async function maker(
  answers: EngineAnswers,
  environment: Readonly<Record<string, string>> = {},
): Promise<Made> {
  const engine = await fakeEngine(answers);
  const endpoint = resolveEngineEndpoint({ DOCKER_HOST: engine.url });
  return { engine, maker: createK3dMaker({ engine: new DockerEngine(endpoint), environment }) };
}

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

test('a container is told with all that making it anew needs', async () => {
  const { maker: made, engine } = await maker({
    'GET /containers/json': { json: [{ Id: 'server' }] },
    'GET /containers/server/json': { json: server },
  });
  expect(await made.containers('shop')).toEqual([
    {
      id: 'server',
      name: 'k3d-shop-server-0',
      role: 'server',
      image: { name: 'rancher/k3s:1', id: 'sha256:node' },
      command: ['server', '--disable', 'traefik'],
      environment: ['K3S_TOKEN=x'],
      labels: server.Config.Labels,
      binds: ['/srv:/data'],
      ports: [
        { inside: '6443/tcp', hostIp: '127.0.0.1', hostPort: '6550' },
        { inside: '80/tcp', hostIp: '', hostPort: '32001' },
      ],
      memoryBytes: 1024,
      networks: ['k3d-shop'],
    },
  ]);
  expect(engine.requests[0]).toContain('"k3d.cluster=shop"');
});

test('what is left of a cluster are its containers and volumes, also when nothing is left', async () => {
  const { maker: made } = await maker({
    'GET /containers/json': { json: [] },
    'GET /volumes': { json: { Volumes: [{ Name: 'k3d-shop-images' }] } },
  });
  expect(await made.remains('shop')).toEqual({ containers: [], volumes: ['k3d-shop-images'] });
  const { maker: empty } = await maker({
    'GET /containers/json': { json: [] },
    'GET /volumes': { json: { Volumes: null } },
  });
  expect(await empty.remains('shop')).toEqual({ containers: [], volumes: [] });
});

test('an image that is not there is none; an engine that does not answer is no such word', async () => {
  const { maker: made } = await maker({
    'GET /images/ghcr.io/shop/app%3A1/json': {
      json: { Id: 'sha256:a', RepoDigests: null, Size: 5, Config: { Env: ['A=b'] } },
    },
    'GET /images/broken/json': { status: 500, json: { message: 'disk' } },
  });
  expect(await made.image('ghcr.io/shop/app:1')).toEqual({
    id: 'sha256:a',
    digests: [],
    environment: ['A=b'],
    labels: {},
    bytes: 5,
  });
  expect(await made.image('gone')).toBeUndefined();
  await expect(made.image('broken')).rejects.toThrow(/disk/);
});

test('an image goes out and in as a stream; what the engine says of it counts', async () => {
  const { maker: made, engine } = await maker({
    'GET /images/shop/app%3A1/get': { bytes: Buffer.from('archive') },
    'POST /images/load': { text: '{"stream":"Loaded image: shop/app:1\\n"}\r\n' },
  });
  expect(await made.saveImage('shop/app:1', collected, signal)).toBe('archive');
  await made.loadImages({ bytes: 7, chunks: [Buffer.from('archive')] }, signal);
  expect(engine.requests.at(-1)).toBe('POST /images/load?quiet=1 (archive)');
  const { maker: refusing } = await maker({
    'POST /images/load': { text: '{"errorDetail":{"message":"no space"},"error":"no space left"}\r\n' },
  });
  await expect(refusing.loadImages({ bytes: 1, chunks: [Buffer.from('x')] }, signal)).rejects.toThrow(
    /no space left/,
  );
});

async function* failing(): AsyncGenerator<Buffer> {
  yield Buffer.from('half');
  throw new Error('the part is damaged');
}

test('a source that fails in the middle fails with its own words, and the engine gets no whole archive', async () => {
  const { maker: made } = await maker({ 'POST /images/load': { json: {} } });
  await expect(made.loadImages({ bytes: 100, chunks: failing() }, signal)).rejects.toThrow(
    'the part is damaged',
  );
});

test('k3d gets its configuration in a file that nobody else can read and that is gone afterwards', async () => {
  const folder = temporaryFolder();
  const tool = path.join(folder, 'k3d');
  const seen = path.join(folder, 'seen');
  writeFileSync(
    tool,
    `#!/bin/sh\nfor last; do :; done\n{ echo "$*"; stat -c %a "$last"; cat "$last"; echo "$K3D_IMAGE_LOADBALANCER $DOCKER_HOST"; } >${seen}\n`,
  );
  chmodSync(tool, 0o755);
  const { maker: made, engine } = await maker({}, { PATH: `${folder}:/usr/bin:/bin`, REKINDLE_K3D: tool });
  await made.create('kind: Simple\n', { K3D_IMAGE_LOADBALANCER: 'own:1' }, signal);
  const [words = '', mode, text, environment] = readFileSync(seen, 'utf8').split('\n');
  expect(words).toMatch(/^cluster create --config .*\/cluster\.yaml$/);
  expect([mode, text, environment]).toEqual(['600', 'kind: Simple', `own:1 ${engine.url}`]);
  expect(() => readFileSync(words.split(' ').at(-1) ?? '')).toThrow(/ENOENT/);
  await made.importImages('shop', ['a:1', 'b:1'], signal).catch(() => undefined);
  expect(readFileSync(seen, 'utf8')).toMatch(/^image import --mode direct --cluster shop a:1 b:1\n/);
});
