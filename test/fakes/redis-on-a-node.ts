import { EngineRefused } from '../../src/adapters/docker/errors.ts';
import type { ClusterProvider } from '../../src/ports/cluster-provider.ts';
import type { ClusterReader, KubeObject } from '../../src/ports/cluster.ts';
import { boot, node, stack } from './observation.ts';

const folder = '/var/lib/rancher/k3s/storage/pvc-1_shop_data-redis-0/appendonlydir';

/** Names and places of the Redis that the fake keeps. */
export const redis = {
  pod: 'redis-0',
  uid: 'uid-of-redis-0',
  container: 'redis',
  file: 'appendonly.aof.1.incr.aof',
  folder,
  path: `${folder}/appendonly.aof.1.incr.aof`,
  lastWords:
    '1:M 01 Jan 2026 12:00:05.000 # Bad file format reading the append only file appendonly.aof.1.incr.aof: ' +
    'make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>',
} as const;

/** One SET in the form of an append-only file. */
export const oneCommand = Buffer.from('*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n');

const manifest = 'file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n';

function podObject(): KubeObject {
  return {
    metadata: { name: redis.pod, namespace: 'shop', uid: redis.uid },
    spec: {
      nodeName: 'agent-0',
      containers: [
        {
          name: redis.container,
          command: ['redis-server', '--dir', '/data', '--appendonly', 'yes'],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-redis-0' } }],
    },
    status: {
      containerStatuses: [
        {
          name: redis.container,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1, finishedAt: new Date(boot + 9000).toISOString() } },
        },
      ],
    },
  };
}

const volume = {
  metadata: { name: 'pvc-1', uid: 'uid-of-pvc-1' },
  spec: {
    hostPath: { path: '/var/lib/rancher/k3s/storage/pvc-1_shop_data-redis-0' },
    claimRef: { namespace: 'shop', name: 'data-redis-0' },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          {
            matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['agent-0'] }],
          },
        ],
      },
    },
  },
};

export interface RedisOnANode {
  /** Objects of the API by path; a test may change them. */
  readonly objects: Map<string, KubeObject>;
  /** Files of the node by path. */
  readonly files: Map<string, Buffer>;
  /** Programs that were run on the node; `beforeRun` may throw to stand for a process that dies there. */
  readonly ran: string[];
  beforeRun: (line: string) => void;
  readonly context: {
    readonly stack: typeof stack;
    readonly reader: ClusterReader;
    readonly provider: ClusterProvider;
  };
}

/** A Redis that waits out its back-off on the node `agent-0`, with an API and an engine that tell of it. */
export function redisOnANode(contents: Buffer): RedisOnANode {
  const objects = new Map<string, KubeObject>([
    [`/api/v1/namespaces/shop/pods/${redis.pod}`, podObject()],
    [
      '/api/v1/namespaces/shop/persistentvolumeclaims/data-redis-0',
      { metadata: { name: 'data-redis-0', uid: 'claim' }, spec: { volumeName: 'pvc-1' } },
    ],
    ['/api/v1/persistentvolumes/pvc-1', volume],
  ]);
  const files = new Map([
    [`${folder}/appendonly.aof.manifest`, Buffer.from(manifest)],
    [redis.path, contents],
  ]);
  const fake = { objects, files, ran: [] as string[], beforeRun: () => undefined } as Omit<
    RedisOnANode,
    'context'
  >;
  const reader = { get: (path: string) => Promise.resolve(objects.get(path)) };
  const provider = {
    containers: () => Promise.resolve([node('server-0', { role: 'server' }), node('agent-0')]),
    readFile: (_id: string, { path, take }: { path: string; take: (chunk: Uint8Array) => void }) => {
      const bytes = files.get(path);
      if (bytes === undefined) return Promise.reject(refused(`no such file ${path}`));
      for (let at = 0; at < bytes.length; at += 1000) take(bytes.subarray(at, at + 1000));
      return Promise.resolve(bytes.length);
    },
    runOnNode: async (_id: string, argv: readonly string[]) => {
      const line = argv.join(' ');
      await Promise.resolve();
      fake.beforeRun(line);
      fake.ran.push(line);
      runProgram(files, argv);
    },
  };
  const context = { stack, reader, provider } as unknown as RedisOnANode['context'];
  return Object.assign(fake, { context });
}

function runProgram(files: Map<string, Buffer>, argv: readonly string[]): void {
  const [program = '', ...args] = argv;
  const [, second = '', third = ''] = args;
  const bytesOf = (path: string) => files.get(path) ?? Buffer.from('absent');
  if (program === 'cp') files.set(third, Buffer.from(bytesOf(second)));
  else if (program === 'truncate') files.set(third, bytesOf(third).subarray(0, Number(second)));
  else if (program === 'cmp' && !bytesOf(args[0] ?? '').equals(bytesOf(second))) throw refused('cmp: differ');
}

const refused = (cause: string) =>
  new EngineRefused(undefined, { what: 'failed', cause, place: 'agent-0', next: 'look' });
