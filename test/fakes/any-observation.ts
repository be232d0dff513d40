import fc from 'fast-check';

import { couldNotLook, saw, type Looked } from '../../src/domain/looked.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { boot, container, healthy, node, now, pod, pooler } from './observation.ts';

/** Seen, or not: "could not look" is an answer that every check must bear. */
function looked<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Looked<T>> {
  return fc.oneof(
    value.map((seen) => saw(seen, 'test', now)),
    fc.constant(couldNotLook<T>('no answer', 'test', now)),
  );
}

const few = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 3 });
const time = fc.constantFrom(boot - 3_600_000, boot - 1000, boot, boot + 5000, now, now + 3_600_000);
const names = fc.constantFrom('a', 'b', 'server-0', 'db-pooler-1', 'db-0', 'nginx-1');
const words = fc.constantFrom(
  '',
  'host not found in upstream "django"',
  'Bad file format',
  '\u001B[31m"}\n',
  'x',
);
const labels = fc.constantFrom(
  {},
  { app: 'web' },
  { application: 'spilo' },
  { application: 'db-connection-pooler' },
);

const exit = fc.record({
  exitCode: fc.constantFrom(0, 1, 137, 255),
  reason: fc.constantFrom('Error', 'Unknown', 'OOMKilled'),
  startedAt: time,
  finishedAt: time,
});
const anyContainer = fc
  .record({
    name: names,
    ready: fc.boolean(),
    state: fc.constantFrom('running', 'waiting', 'terminated', 'unknown' as const),
    reason: fc.constantFrom('CrashLoopBackOff', 'ImagePullBackOff', 'CreateContainerConfigError', 'Unknown'),
    message: fc.constantFrom('back-off 40s restarting failed container', 'secret "x" not found', ''),
    exitCode: fc.constantFrom(0, 1, 255),
    startedAt: time,
    lastExit: exit,
  })
  .map((changes) => container(changes));
const anyPod = fc
  .record({
    name: names,
    labels,
    node: names,
    ready: fc.boolean(),
    deleting: fc.boolean(),
    phase: fc.constantFrom('Running', 'Pending', 'Failed', 'Succeeded', 'Unknown'),
    owner: fc
      .constantFrom('ReplicaSet', 'StatefulSet', 'Job', 'DaemonSet')
      .map((kind) => ({ kind, name: 'o' })),
    containers: few(anyContainer),
    initContainers: few(anyContainer),
    ephemeralContainers: few(anyContainer),
    emptyDirs: fc.constantFrom<string[]>([], ['uploads']),
  })
  .map(({ name, ...changes }) => pod(name, changes));

const anyContainers = few(
  fc
    .record({
      name: names,
      role: fc.constantFrom('server', 'agent', 'loadbalancer', 'other' as const),
      state: fc.constantFrom(
        'running',
        'exited',
        'created',
        'restarting',
        'paused',
        'dead',
        'removing' as const,
      ),
      startedAt: time,
      restartPolicy: fc.constantFrom('no', 'always', 'unless-stopped'),
    })
    .map((changes) => node(changes.name, changes)),
);
const login = fc.oneof(
  fc.constant({ result: 'ok' } as const),
  fc.record({ result: fc.constantFrom('refused', 'unreachable', 'not-asked' as const), message: words }),
);
const anyPooler = fc
  .record({
    login,
    podUid: names.map((name) => `uid-of-${name}`),
    secret: looked(fc.constantFrom('usable', 'missing', 'empty', 'line-break' as const)),
    ownRole: looked(fc.constantFrom('accepted', 'rejected' as const)),
    failedLookups: looked(few(fc.record({ host: fc.string(), ttlSeconds: fc.integer({ min: 0, max: 20 }) }))),
    config: looked(fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 })),
  })
  .map((changes) => pooler(changes));
const anyMark = fc.record({
  kind: fc.constantFrom('Namespace', 'postgresql'),
  name: names,
  text: fc.oneof(
    words,
    time.map((at) => new Date(at).toISOString()),
  ),
});
const anyWorkload = fc.record({
  kind: fc.constantFrom('Deployment', 'StatefulSet' as const),
  namespace: fc.constant('shop'),
  name: names,
  wanted: fc.nat(3),
  ready: fc.nat(3),
  selector: labels,
});
const anyDatabase = fc.record({
  namespace: fc.constant('shop'),
  cluster: fc.constant('db'),
  members: few(
    fc.record(
      {
        pod: names,
        timeline: fc.nat(9),
        xlog: fc.nat(),
        loop: looked(fc.constantFrom('runs', 'stands-still' as const)),
        standby: looked(fc.record({ receives: fc.boolean(), behindBytes: fc.nat() })),
      },
      { requiredKeys: ['pod', 'timeline', 'xlog'] },
    ),
  ),
  sync: fc.record({ leader: names, standbys: few(names) }),
  primary: looked(fc.record({ pod: names, inRecovery: fc.boolean() })),
  leader: names,
  leaderSince: time,
  replication: looked(
    fc.record({
      wantsSynchronous: fc.boolean(),
      synchronousStandbyNames: fc.constantFrom('', '*', '"db-1"'),
      maximumLagBytes: fc.nat(),
    }),
  ),
});
const anyPolicy = fc.record({
  namespace: fc.constant('shop'),
  name: names,
  createdAt: time,
  podSelector: labels.map((matchLabels) => ({ matchLabels, matchExpressions: [] })),
  egress: fc.constantFrom([], [{ peers: [], ports: [] }]),
});
const visits = fc.nat(3).map((answered) => ({ made: 3, answered }));
const anyDoor = fc.record({
  url: fc.constant('https://x/'),
  answer: fc.oneof(
    fc.constantFrom(200, 404, 502).map((status) => ({ status })),
    fc.constant({ error: 'ECONNRESET' }),
  ),
  visits,
});
const anyFile = fc.record({
  nodeId: names,
  node: names,
  path: fc.constant('/data/appendonlydir/x.incr.aof'),
  size: fc.nat(9000),
  validUpTo: fc.nat(9000),
  tail: fc.constantFrom('none', 'nul', 'cut-short', 'other' as const),
});

/** Any observation at all: every field seen or not, every value that the collectors can give, in any combination. */
export const anyObservation: fc.Arbitrary<Observation> = fc
  .record({
    containers: looked(anyContainers),
    loadBalancers: looked(few(fc.record({ id: names, name: names, upstreams: looked(few(names)) }))),
    api: looked(fc.constant({ ready: true } as const)),
    nodes: looked(
      few(fc.record({ name: names, ready: fc.boolean(), unschedulable: fc.boolean(), leaseRenewedAt: time })),
    ),
    dns: looked(
      fc.record({
        servers: few(fc.record({ pod: names, answers: fc.boolean() })),
        workloads: few(anyWorkload),
      }),
    ),
    pods: looked(few(anyPod)),
    networkCaches: looked(
      few(
        fc.record({
          node: names,
          nodeId: names,
          damaged: looked(few(fc.record({ path: fc.string(), size: fc.nat(), modifiedAt: time }))),
        }),
      ),
    ),
    crashes: looked(few(fc.record({ pod: names, container: names, lines: words }))),
    appendOnlyFiles: looked(
      few(fc.record({ pod: names, container: names, name: words, file: looked(anyFile) })),
    ),
    emptyDirs: looked(
      few(
        fc.record({
          podUid: names.map((name) => `uid-of-${name}`),
          volume: fc.constant('uploads'),
          files: looked(fc.record({ names: few(fc.string()), isWhole: fc.boolean() })),
        }),
      ),
    ),
    workloads: looked(few(anyWorkload)),
    maintenance: looked(
      fc.record({
        marks: few(anyMark),
        forbidden: few(fc.record({ object: names.map((name) => `postgresql ${name}`), why: words })),
      }),
    ),
    databases: looked(few(anyDatabase)),
    poolers: looked(few(anyPooler)),
    networkPolicies: looked(
      fc.record({ policies: few(anyPolicy), namespaceLabels: fc.constant({ team: 'shop' }) }),
    ),
    edge: looked(
      few(
        fc.record({
          kind: fc.constantFrom('Node', 'Pod' as const),
          name: names,
          status: fc.constantFrom(200, 502),
        }),
      ),
    ),
    frontDoor: looked(anyDoor),
  })
  .map((changes) => healthy(changes));

const crashedNames = ['a', 'b', 'nginx-1'];
const crashed = fc
  .record({
    finishedAt: fc.constantFrom(now, now - 30_000),
    message: fc.constantFrom('back-off 40s', 'back-off 5m0s'),
  })
  .map(({ finishedAt, message }) =>
    container({
      state: 'waiting',
      reason: 'CrashLoopBackOff',
      message,
      lastExit: { exitCode: 1, finishedAt },
    }),
  );

/** Mostly none, so that the pod may be restarted at all. */
const besides = fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, few(anyContainer));

const anyCrashedPod = fc
  .record({
    name: fc.constantFrom(...crashedNames),
    labels: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, labels),
    deleting: fc.constantFrom(false, false, false, true),
    owner: fc
      .tuple(
        fc.constantFrom('ReplicaSet', 'ReplicaSet', 'StatefulSet', 'DaemonSet'),
        fc.constantFrom('o', 'p'),
      )
      .map(([kind, name]) => ({ kind, name })),
    main: crashed,
    others: besides,
    initContainers: besides,
    ephemeralContainers: besides,
    emptyDirs: fc.constantFrom<string[]>([], ['uploads'], ['uploads'], ['uploads', 'cache']),
  })
  .map(({ name, main, others, ...changes }) => pod(name, { ...changes, containers: [main, ...others] }));

const anyFiles = fc.record({
  names: fc.oneof(fc.constant([]), few(fc.string({ unit: 'binary' }))),
  isWhole: fc.boolean(),
});
const volumes = crashedNames.flatMap((name) =>
  ['uploads', 'cache'].map((volume) => ({ podUid: `uid-of-${name}`, volume })),
);

/** What is known of the volumes: mostly what they hold, seldom nothing. */
const anyVolumes = fc
  .tuple(
    ...volumes.map(() => fc.oneof({ weight: 5, arbitrary: anyFiles }, fc.constantFrom('unseen', 'unasked'))),
  )
  .map((found) =>
    volumes.flatMap((volume, index) => {
      const files = found[index];
      if (files === undefined || files === 'unasked') return [];
      return [
        {
          ...volume,
          files:
            typeof files === 'string'
              ? couldNotLook<never>('no answer', 'test', now)
              : saw(files, 'test', now),
        },
      ];
    }),
  );

/** Pods that wait out a back-off although what they died of works again: some may be restarted, and some not. */
export const anyCrashTail: fc.Arbitrary<Observation> = fc
  .record({
    pods: fc
      .uniqueArray(anyCrashedPod, { minLength: 1, maxLength: 3, selector: ({ name }) => name })
      .map((pods) => saw(pods, 'test', now)),
    emptyDirs: fc.oneof(
      { weight: 5, arbitrary: anyVolumes.map((facts) => saw(facts, 'test', now)) },
      looked(anyVolumes),
    ),
    nodes: fc.constant(
      saw([{ name: 'server-0', ready: true, unschedulable: false, leaseRenewedAt: now }], 'test', now),
    ),
  })
  .map((changes) =>
    healthy({
      ...changes,
      crashes: saw(
        crashedNames.map((name) => ({
          pod: name,
          container: 'main',
          lines: 'host not found in upstream',
        })),
        'test',
        now,
      ),
    }),
  );
