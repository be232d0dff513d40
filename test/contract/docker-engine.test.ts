import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveEngineEndpoint } from '../../src/adapters/docker/endpoint.ts';
import { DockerEngine } from '../../src/adapters/docker/engine.ts';
import { EngineRefused, EngineUnreachable } from '../../src/adapters/docker/errors.ts';
import { createK3dProvider } from '../../src/adapters/providers/k3d.ts';
import { fakeEngine, type EngineAnswers, type FakeEngine } from '../fakes/docker-engine.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const engineAt = (socketPath: string): DockerEngine =>
  new DockerEngine({ url: `unix://${socketPath}`, from: 'a test', socketPath });

const labels = (role: string) => ({ app: 'k3d', 'k3d.cluster': 'shop', 'k3d.role': role });

const server = {
  Id: 'aaa',
  Name: '/k3d-shop-server-0',
  RestartCount: 2,
  Config: { Labels: labels('server') },
  State: { Status: 'running', StartedAt: '2026-11-24T05:00:00.5Z', ExitCode: 0 },
  HostConfig: { RestartPolicy: { Name: 'unless-stopped' }, PortBindings: null },
  NetworkSettings: {
    Ports: null,
    Networks: { 'k3d-shop': { IPAddress: '172.18.0.2', GlobalIPv6Address: '' } },
  },
};

const balancer = {
  Id: 'bbb',
  Name: '/k3d-shop-serverlb',
  Config: { Labels: labels('loadbalancer') },
  State: { Status: 'exited', StartedAt: '0001-01-01T00:00:00Z', ExitCode: 137 },
  HostConfig: {
    RestartPolicy: {},
    PortBindings: { '30443/tcp': [{ HostIp: '0.0.0.0', HostPort: '8443' }] },
  },
  NetworkSettings: { Ports: {}, Networks: null },
};

const listing = {
  'GET /containers/json': {
    json: [
      { Id: 'aaa', Labels: labels('server') },
      { Id: 'bbb', Labels: labels('loadbalancer') },
      { Id: 'gone', Labels: labels('agent') },
    ],
  },
  'GET /containers/aaa/json': { json: server },
  'GET /containers/bbb/json': { json: balancer },
} satisfies EngineAnswers;

async function k3d(answers: EngineAnswers) {
  const fake = await fakeEngine(answers);
  return { fake, provider: createK3dProvider({ engine: engineAt(fake.socketPath) }) };
}

describe('what is below the nodes', () => {
  const info = {
    Name: 'till-3',
    OperatingSystem: 'Debian',
    KernelVersion: '6.1',
    NCPU: 4,
    MemTotal: 8,
    DockerRootDir: '/d',
  };
  const mounts = [
    { Type: 'volume', Name: 'f'.repeat(64), Source: '/d/volumes/f/_data', Destination: '/var/lib/kubelet' },
    { Type: 'volume', Name: 'k3d-shop-images', Source: '/d/volumes/i/_data', Destination: '/k3d/images' },
    { Type: 'volume', Name: 'mine', Source: '/d/volumes/mine/_data', Destination: '/mine' },
    { Type: 'bind', Source: '/srv/data', Destination: '/var/lib/rancher/k3s/storage' },
    { Type: 'tmpfs', Destination: '/run' },
  ];

  it('is one machine, as the engine tells it', async () => {
    const { provider } = await k3d({ 'GET /info': { json: info } });
    expect(await provider.machine()).toEqual({
      name: 'till-3',
      system: 'Debian',
      kernel: '6.1',
      cpus: 4,
      memoryBytes: 8,
      rootFolder: '/d',
    });
  });

  it('tells folders of the machine, volumes by whom they go with, and memory apart', async () => {
    const { provider } = await k3d({
      ...listing,
      'GET /containers/aaa/json': { json: { ...server, Mounts: mounts } },
      'GET /volumes': { json: { Volumes: [{ Name: 'k3d-shop-images' }] } },
    });
    const found = await provider.mounts('shop');
    expect(found.map(({ kind, destination, isClusters = false }) => [kind, destination, isClusters])).toEqual(
      [
        ['anonymous', '/var/lib/kubelet', false],
        ['volume', '/k3d/images', true],
        ['volume', '/mine', false],
        ['bind', '/var/lib/rancher/k3s/storage', false],
        ['tmpfs', '/run', false],
      ],
    );
    expect(found.every(({ container }) => container === 'k3d-shop-server-0')).toBe(true);
  });

  it('is "could not look" when the engine does not say', async () => {
    const { provider } = await k3d({ ...listing, 'GET /volumes': { status: 500, json: { message: 'no' } } });
    await expect(provider.mounts('shop')).rejects.toThrow(EngineRefused);
  });
});

const exec = (exitCode: number | null): EngineAnswers => ({
  'POST /containers/bbb/exec': { status: 201, json: { Id: 'e1' } },
  'POST /exec/e1/start': { text: 'nginx: [emerg] no such host\r\n' },
  'GET /exec/e1/json': { json: { ExitCode: exitCode } },
});

const trouble = async (engine: DockerEngine): Promise<unknown> =>
  engine.containerIds([]).then(
    () => 'none',
    (error: unknown) => (error instanceof EngineUnreachable ? error.trouble : error),
  );

describe('k3d over the Docker Engine API', () => {
  it('names the clusters whose containers exist', async () => {
    const { fake, provider } = await k3d(listing);
    expect(await provider.clusters()).toEqual(['shop']);
    expect(fake.requests).toEqual(['GET /containers/json?all=1&filters={"label":["app=k3d"]}']);
  });

  it('tells the state of containers; one that vanished meanwhile is not there', async () => {
    const { provider } = await k3d(listing);
    expect(await provider.containers('shop')).toEqual([
      {
        id: 'aaa',
        name: 'k3d-shop-server-0',
        role: 'server',
        state: 'running',
        startedAt: Date.parse('2026-11-24T05:00:00.5Z'),
        exitCode: 0,
        restartPolicy: 'unless-stopped',
        restartCount: 2,
        addresses: ['172.18.0.2'],
      },
      {
        id: 'bbb',
        name: 'k3d-shop-serverlb',
        role: 'loadbalancer',
        state: 'exited',
        startedAt: 0,
        exitCode: 137,
        restartPolicy: 'no',
        restartCount: 0,
        addresses: [],
      },
    ]);
  });

  it.each([
    [[{ HostIp: '0.0.0.0', HostPort: '8443' }], '127.0.0.1:8443'],
    [[{ HostIp: '::', HostPort: '8443' }], '127.0.0.1:8443'],
    [[{ HostIp: '', HostPort: '8443' }], '127.0.0.1:8443'],
    [[{ HostIp: '127.0.0.2', HostPort: '8443' }], '127.0.0.2:8443'],
    [[{ HostIp: '::1', HostPort: '8443' }], '[::1]:8443'],
  ])('finds the published address %j', async (bindings, address) => {
    const running = { ...balancer, NetworkSettings: { Ports: { '30443/tcp': bindings } } };
    const { provider } = await k3d({ ...listing, 'GET /containers/bbb/json': { json: running } });
    expect(await provider.publishedAddress('shop', 30443)).toBe(address);
    expect(await provider.publishedAddress('shop', 30080)).toBeUndefined();
  });

  it('finds the address of a load balancer that is stopped', async () => {
    const { provider } = await k3d(listing);
    expect(await provider.publishedAddress('shop', 30443)).toBe('127.0.0.1:8443');
  });

  it.each([204, 304])('starts a container (%i)', async (status) => {
    const { provider } = await k3d({ 'POST /containers/bbb/start': { status, text: '' } });
    await expect(provider.startContainer('bbb')).resolves.toBeUndefined();
  });

  it.each([204, 409])('ends a container at once (%i)', async (status) => {
    const { fake, provider } = await k3d({ 'POST /containers/bbb/kill': { status, text: '' } });
    await provider.killContainer('bbb');
    expect(fake.requests).toEqual(['POST /containers/bbb/kill?signal=SIGKILL']);
  });

  it('starts a container anew', async () => {
    const { fake, provider } = await k3d({ 'POST /containers/bbb/restart': { status: 204, text: '' } });
    await provider.restartContainer('bbb');
    expect(fake.requests).toEqual(['POST /containers/bbb/restart?t=1']);
  });

  it.each([
    ['unless-stopped', { Name: 'unless-stopped', MaximumRetryCount: 0 }],
    ['no', { Name: 'no', MaximumRetryCount: 0 }],
    ['on-failure:3', { Name: 'on-failure', MaximumRetryCount: 3 }],
  ])('sets the restart policy %s, and reads it the same way', async (policy, wanted) => {
    const { HostConfig: host } = balancer;
    const updated = { ...balancer, HostConfig: { ...host, RestartPolicy: wanted } };
    const { fake, provider } = await k3d({
      ...listing,
      'POST /containers/bbb/update': { json: { Warnings: null } },
      'GET /containers/bbb/json': { json: updated },
    });
    await provider.setRestartPolicy('bbb', policy);
    expect(fake.requests).toEqual([
      `POST /containers/bbb/update ${JSON.stringify({ RestartPolicy: wanted })}`,
    ]);
    expect((await provider.containers('shop')).find(({ id }) => id === 'bbb')?.restartPolicy).toBe(policy);
  });

  it('tells a node that has an address of its own', async () => {
    const fixed = {
      ...server,
      Config: { Labels: { ...labels('server'), 'k3d.node.staticIP': '172.28.0.3' } },
    };
    const { provider } = await k3d({ ...listing, 'GET /containers/aaa/json': { json: fixed } });
    expect((await provider.containers('shop')).map(({ hasStaticAddress }) => hasStaticAddress)).toEqual([
      true,
      undefined,
    ]);
  });

  it('gives what a program on a node printed', async () => {
    const { provider } = await k3d(exec(0));
    expect(await provider.askNode('bbb', ['ls'])).toContain('[emerg] no such host');
  });

  it('reloads the load balancer and waits for the exit code', async () => {
    const { fake, provider } = await k3d(exec(0));
    await provider.reloadLoadBalancer('bbb');
    expect(fake.requests[0]).toContain('"Cmd":["nginx","-s","reload"]');
  });

  it.each([1, null])('says why a reload failed (%s)', async (exitCode) => {
    const { provider } = await k3d(exec(exitCode));
    await expect(provider.reloadLoadBalancer('bbb')).rejects.toThrow(
      /nginx -s reload failed with exit code (1|unknown): nginx: \[emerg\] no such host/,
    );
  });

  it('says so when k3d is missing', async () => {
    const engine = engineAt('/nowhere');
    const provider = createK3dProvider({ engine, environment: { PATH: '/nowhere:relative' } });
    await expect(provider.startCluster('shop')).rejects.toThrow(/tool k3d is missing.*Install k3d/);
  });

  it('starts a cluster with k3d itself, on the engine that was observed', async () => {
    const { provider, lines } = fakeTool('echo "$DOCKER_HOST $*" > "$0.log"');
    await provider.startCluster('shop');
    expect(lines()).toBe('unix:///engine cluster start shop --timeout 180s\n');
  });

  it('gives k3d no proxy: the engine and the cluster are on this machine', async () => {
    const { provider, lines } = fakeTool('env > "$0.log"', {
      HTTPS_PROXY: 'http://p:1',
      no_proxy: 'x',
      LANG: 'C',
    });
    await provider.startCluster('shop');
    expect(lines()).not.toMatch(/proxy/i);
    expect(lines()).toContain('LANG=C');
  });

  it('shows nothing of what k3d says that a terminal would obey, and not all of a megabyte', async () => {
    const { provider } = fakeTool("printf '\\033]0;x\\007\\033[2Jno\\r%01000000d' 0 >&2; exit 1");
    const message = await provider.startCluster('shop').catch((error: Error) => error.message);
    expect(message).toMatch(/could not start the cluster: no 0{100}/);
    expect(message).not.toMatch(/\p{C}/u);
    expect(message?.length).toBeLessThan(5000);
  });

  it('gives the last words of k3d when it fails, and stops it when asked', async () => {
    const failing = fakeTool(
      "printf '\\033[31mFATA\\033[0m no nodes found for given cluster\\n' >&2; exit 1",
    );
    await expect(failing.provider.startCluster('shop')).rejects.toThrow(
      /k3d could not start the cluster: FATA no nodes found.*docker ps --all/,
    );
    const hanging = fakeTool('exec sleep 60');
    const stop = AbortSignal.abort(new Error('Ctrl-C'));
    await expect(hanging.provider.startCluster('shop', stop)).rejects.toThrow('Ctrl-C');
  });
});

/** One entry of a tar archive, as far as a reader looks (POSIX pax, ustar interchange format). */
function tarEntry(
  kind: string,
  contents: Buffer,
  size = contents.length,
  name = 'appendonly.aof.1.incr.aof',
): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write(kind, 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  // Sum of the header's bytes, its own field counted as spaces.
  header.write(' '.repeat(8), 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, contents, Buffer.alloc((512 - (contents.length % 512)) % 512)]);
}

async function readFrom(archive: EngineAnswers[string], limitBytes = 1_000_000) {
  const { fake, provider } = await k3d({ 'GET /containers/aaa/archive': archive });
  const chunks: Uint8Array[] = [];
  const path = '/data/a b.aof';
  const size = await provider.readFile('aaa', { path, limitBytes, take: (chunk) => chunks.push(chunk) });
  return { fake, size, bytes: Buffer.concat(chunks) };
}

describe('a file of a node', () => {
  const contents = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 256));
  const end = Buffer.alloc(1024);

  it('comes byte by byte as it is, also behind an extended header', async () => {
    const extended = tarEntry('x', Buffer.from('20 atime=1700000000\n'));
    const archive = Buffer.concat([extended, tarEntry('0', contents), end]);
    const { fake, size, bytes } = await readFrom({ bytes: archive });
    expect(fake.requests).toEqual(['GET /containers/aaa/archive?path=/data/a b.aof']);
    expect(size).toBe(contents.length);
    expect(bytes.equals(contents)).toBe(true);
  });

  it('may be empty', async () => {
    const archive = Buffer.concat([tarEntry('0', Buffer.alloc(0)), end]);
    expect(await readFrom({ bytes: archive })).toMatchObject({ size: 0 });
  });

  it.each([
    ['a link', { bytes: Buffer.concat([tarEntry('2', Buffer.alloc(0)), end]) }, /it is a symbolic link/],
    ['a folder', { bytes: Buffer.concat([tarEntry('5', Buffer.alloc(0)), end]) }, /it is a folder/],
    ['too large', { bytes: tarEntry('0', contents, 1_000_001) }, /it has 1000001 bytes, more than 1000000/],
    ['not whole', { bytes: tarEntry('0', contents, 300_000) }, /the archive ended before the file did/],
    ['no archive', { bytes: Buffer.alloc(2048, 1) }, /not as expected/],
    ['not there', { status: 404, json: { message: 'Could not find the file' } }, /Could not find the file/],
    ['cut off', 'drop', /could not be asked/],
  ] as const)('is refused when it is %s', async (_name, archive, message) => {
    await expect(readFrom(archive)).rejects.toThrow(message);
  });

  it('is worked on by programs without a shell', async () => {
    const { fake, provider } = await k3d(exec(0));
    await provider.runOnNode('bbb', ['cp', '-p', '/data/a b', '/data/c']);
    expect(fake.requests[0]).toContain('"Cmd":["cp","-p","/data/a b","/data/c"]');
  });
});

describe('a folder of a node', () => {
  const archive = Buffer.concat([
    tarEntry('5', Buffer.alloc(0)),
    tarEntry('x', Buffer.from('21 path=results/long\n')),
    tarEntry('0', Buffer.from('of a name that is told elsewhere')),
    tarEntry('2', Buffer.alloc(0)),
    tarEntry('0', Buffer.from('{}')),
    Buffer.alloc(1024),
  ]);

  it('gives its regular files, also those whose name stands in an extended header', async () => {
    const { provider } = await k3d({ 'GET /containers/aaa/archive': { bytes: archive } });
    const files = await provider.readFolder('aaa', '/var/lib/cni/results', 100_000);
    expect(files).toMatchObject([
      { name: 'long', bytes: Buffer.from('of a name that is told elsewhere') },
      { name: 'appendonly.aof.1.incr.aof', bytes: Buffer.from('{}') },
    ]);
  });

  it('is told from one that is not there', async () => {
    const { provider } = await k3d({
      'GET /containers/aaa/archive': { status: 404, json: { message: 'Could not find the file' } },
    });
    expect(await provider.readFolder('aaa', '/var/lib/cni/flannel', 100_000)).toBeUndefined();
  });

  it.each([
    ['too large', archive, 100, /more than 100 bytes/],
    ['not whole', tarEntry('0', Buffer.alloc(600), 3000), 100_000, /ended before the file did/],
  ] as const)('is refused when it is %s', async (_name, bytes, limit, message) => {
    const { provider } = await k3d({ 'GET /containers/aaa/archive': { bytes } });
    await expect(provider.readFolder('aaa', '/var/lib/cni/results', limit)).rejects.toThrow(message);
  });
});

async function* broken(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('a'));
  throw new Error('the disk is gone');
}

describe('all that is in a folder of a node', () => {
  const folder = '/pods/u/uploads';
  const reading = { path: folder, limitBytes: 1_000_000 };
  const contents = Buffer.from('x'.repeat(600));
  const named = (name: string, kind: string, bytes = Buffer.alloc(0)) =>
    tarEntry(kind, bytes, bytes.length, name);
  const root = named('uploads/', '5');
  const file = named('uploads/a', '0', contents);
  const end = Buffer.alloc(1024);

  async function read(bytes: Buffer, changes: { readonly limitBytes?: number } = {}) {
    const { provider } = await k3d({ 'GET /containers/aaa/archive': { bytes } });
    return provider.readArchive('aaa', { ...reading, ...changes });
  }

  it('is told with the place of each thing in the archive', async () => {
    const long = named('uploads/short', '0', Buffer.from('y'));
    const archive = Buffer.concat([
      root,
      file,
      tarEntry('x', Buffer.from('26 path=uploads/very long\n18 uid=4294967294\n')),
      long,
      named('uploads/p', '6'),
      end,
    ]);
    const found = await read(archive);
    expect(found).toMatchObject({ isWhole: true, bytes: archive.length });
    expect(found?.entries).toMatchObject([
      { path: '', type: 'directory', from: 0, to: 512 },
      {
        path: 'a',
        type: 'file',
        size: 600,
        sha256: createHash('sha256').update(contents).digest('hex'),
        from: 512,
        to: 512 + 512 + 1024,
      },
      { path: 'very long', uid: 4_294_967_294, size: 1, from: 2048, to: 2048 + 1024 + 1024 },
      { path: 'p', type: 'fifo', size: 0 },
    ]);
  });

  it('ends at the limit with what was seen until then, without a digest of half a file', async () => {
    const large = Buffer.alloc(400_000, 'z');
    const archive = Buffer.concat([root, file, named('uploads/b', '0', large), end]);
    const found = await read(archive, { limitBytes: 300_000 });
    expect(found?.isWhole).toBe(false);
    expect(found?.entries.every((entry) => entry.sha256 === undefined)).toBe(true);
  });

  it('is told from a folder that is not there', async () => {
    const { provider } = await k3d({
      'GET /containers/aaa/archive': { status: 404, json: { message: 'no' } },
    });
    expect(await provider.readArchive('aaa', reading)).toBeUndefined();
  });

  it.each([
    [
      'cut in a file',
      Buffer.concat([root, tarEntry('0', contents, 3000, 'uploads/a')]),
      /before the file did/,
    ],
    ['without its end', Buffer.concat([root, file]), /has no end: a file in it changed/],
    ['no archive', Buffer.alloc(2048, 1), /not as expected/],
    ['of another folder', Buffer.concat([root, named('other/a', '0'), end]), /does not belong to its folder/],
    ['with a way out', Buffer.concat([root, named('uploads/../a', '0'), end]), /does not belong/],
  ])('is refused when the archive is %s', async (_name, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });

  it('is put there as it is, and never a file in the place of a folder', async () => {
    const { fake, provider } = await k3d({ 'PUT /containers/aaa/archive': { text: '' } });
    await provider.writeArchive('aaa', '/pods/u', {
      bytes: 6,
      chunks: [Buffer.from('abc'), Buffer.from('def')],
    });
    expect(fake.requests).toEqual([
      'PUT /containers/aaa/archive?path=/pods/u&noOverwriteDirNonDir=1 (archive)',
    ]);
  });

  it('is not said to be there when the engine refuses it, or its source breaks', async () => {
    const { provider } = await k3d({
      'PUT /containers/aaa/archive': {
        status: 400,
        json: { message: 'extraction point is not a directory' },
      },
    });
    const body = { bytes: 3, chunks: [Buffer.from('abc')] };
    await expect(provider.writeArchive('aaa', '/x', body)).rejects.toThrow(/not a directory/);
    const half = { bytes: 3, chunks: broken() };
    await expect(provider.writeArchive('aaa', '/x', half)).rejects.toThrow('the disk is gone');
  });
});

describe('the engine cannot be asked', () => {
  it('tells a missing socket', async () => {
    expect(await trouble(engineAt(join(temporaryFolder(), 'none.sock')))).toBe('socket-missing');
  });

  it('tells a socket that is not ours', async (context) => {
    skipWhen(context, process.getuid?.() === 0 ? 'root may open every socket' : undefined);
    const fake = await fakeEngine({});
    chmodSync(fake.socketPath, 0);
    expect(await trouble(engineAt(fake.socketPath))).toBe('permission-denied');
  });

  it.each(['hang', 'drop', { text: 'not JSON' }] as const)(
    'tells an engine that gives no answer (%j)',
    async (answer) => {
      const fake = await fakeEngine({ 'GET /containers/json': answer });
      expect(await trouble(engineAt(fake.socketPath))).toBe('no-answer');
    },
  );

  it('is not the same as an engine that refuses', async () => {
    const fake: FakeEngine = await fakeEngine({
      'GET /containers/json': { status: 500, json: { message: 'layer does not exist' } },
    });
    const asking = engineAt(fake.socketPath).containerIds([]);
    await expect(asking).rejects.toBeInstanceOf(EngineRefused);
    await expect(asking).rejects.toThrow(
      /answered 500: layer does not exist \(GET \/containers\/json at unix:/,
    );
  });
});

describe('where the engine is', () => {
  it('takes DOCKER_HOST, then a context, then the default', () => {
    const HOME = temporaryFolder();
    expect(resolveEngineEndpoint({ HOME }).socketPath).toBe('/var/run/docker.sock');
    const meta = join(HOME, '.docker/contexts/meta', createHash('sha256').update('colima').digest('hex'));
    mkdirSync(meta, { recursive: true });
    const host = 'unix:///home/me/.colima/docker.sock';
    writeFileSync(join(meta, 'meta.json'), JSON.stringify({ Endpoints: { docker: { Host: host } } }));
    expect(resolveEngineEndpoint({ HOME, DOCKER_CONTEXT: 'colima' }).url).toBe(host);
    writeFileSync(join(HOME, '.docker/config.json'), JSON.stringify({ currentContext: 'colima' }));
    expect(resolveEngineEndpoint({ HOME })).toMatchObject({ url: host, from: 'docker context colima' });
    expect(resolveEngineEndpoint({ HOME, DOCKER_CONTEXT: 'default' }).socketPath).toBe(
      '/var/run/docker.sock',
    );
    expect(resolveEngineEndpoint({ HOME, DOCKER_HOST: 'tcp://127.0.0.1:2375' })).toMatchObject({
      host: '127.0.0.1',
      port: 2375,
    });
  });

  it.each([
    [{ DOCKER_HOST: 'ssh://me@there' }, /only unix:\/\/ and tcp/],
    [{ DOCKER_HOST: 'tcp://there:2376', DOCKER_TLS_VERIFY: '1' }, /on another machine/],
    [{ DOCKER_CONTEXT: 'none' }, /context has no file/],
  ])('refuses %j', (environment, message) => {
    expect(() => resolveEngineEndpoint({ HOME: temporaryFolder(), ...environment })).toThrow(message);
  });
});

/** A provider whose k3d is a shell script; `lines` gives what it wrote to its log. */
function fakeTool(script: string, more: Readonly<Record<string, string>> = {}) {
  const folder = temporaryFolder();
  const tool = join(folder, 'k3d');
  writeFileSync(tool, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const engine = new DockerEngine({ url: 'unix:///engine', from: 'a test', socketPath: '/engine' });
  const environment = { PATH: `${folder}:/usr/bin:/bin`, DOCKER_HOST: 'unix:///another', ...more };
  return {
    provider: createK3dProvider({ engine, environment }),
    lines: () => readFileSync(`${tool}.log`, 'utf8'),
  };
}

const engineEvent = (Action: string, name = 'k3d-shop-server-0') =>
  `${JSON.stringify({
    Type: 'container',
    Action,
    Actor: { ID: 'aaa', Attributes: { ...labels('server'), name } },
    timeNano: 1_795_000_000_000_000_000,
  })}\n`;

/** A stream of events in these pieces, which ends when `end` is called. */
async function streamOf(pieces: readonly string[]) {
  const ended = Promise.withResolvers<void>();
  const made = await k3d({
    'GET /events': async (_request, response) => {
      response.writeHead(200);
      response.flushHeaders();
      for (const piece of pieces) {
        response.write(piece);
        await new Promise(setImmediate);
      }
      await ended.promise;
      response.end();
    },
  });
  return { ...made, end: () => ended.resolve() };
}

describe('what happens to containers', () => {
  it('is told as it comes, without what is run in them, until the engine ends the stream', async () => {
    const whole = engineEvent('die') + engineEvent('exec_start: nginx -s reload') + engineEvent('stop');
    const { provider, fake, end } = await streamOf([whole.slice(0, 30), whole.slice(30)]);
    const seen: string[] = [];
    await provider.follow(
      'shop',
      ({ name, role, action, at }) => {
        seen.push(`${name} ${role} ${action} ${at}`);
        if (action === 'stop') end();
      },
      AbortSignal.timeout(5000),
    );
    expect(seen).toEqual([
      'k3d-shop-server-0 server die 1795000000000',
      'k3d-shop-server-0 server stop 1795000000000',
    ]);
    expect(fake.requests[0]).toContain('"label":["app=k3d","k3d.cluster=shop"]');
  });

  it('ends with the reason of the signal', async () => {
    const { provider } = await streamOf([engineEvent('start')]);
    const stop = new AbortController();
    const following = provider.follow('shop', () => stop.abort(new Error('enough')), stop.signal);
    await expect(following).rejects.toThrow('enough');
  });

  it.each([
    ['an engine that is gone', 'drop'],
    ['a stranger', { text: '<html>' }],
  ] as const)('is not told by %s', async (_name, answer) => {
    const { provider } = await k3d({ 'GET /events': answer });
    await expect(provider.follow('shop', () => undefined, AbortSignal.timeout(5000))).rejects.toBeInstanceOf(
      EngineUnreachable,
    );
  });
});
