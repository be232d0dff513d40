import { readdirSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { boot, container, healthy, node, now, pod, pooler, stack } from '../../test/fakes/observation.ts';
import { redis } from '../../test/fakes/redis-on-a-node.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { validityText } from '../domain/certificate-times.ts';
import { couldNotLook, saw, type Looked } from '../domain/looked.ts';
import type {
  AppendOnlyFile,
  ContainerFacts,
  DatabaseFacts,
  Observation,
  PodFacts,
  StandbyFacts,
} from '../domain/observation.ts';
import { poolerProfiles } from '../domain/pooler-profiles.ts';
import type { Component, Stack } from '../domain/stack.ts';
import { makePlan } from '../plan/make-plan.ts';
import { pendingSteps } from '../plan/pending-steps.ts';
import { faults } from './index.ts';

const check = { stack, firstSeen: () => boot };
const banned = {
  result: 'refused',
  message: 'server login has been failing, try again later (server_login_retry)',
} as const;
const crashed = pod('nginx-1', {
  ready: false,
  containers: [
    container({
      state: 'waiting',
      reason: 'CrashLoopBackOff',
      message: 'back-off 20s restarting failed container=nginx pod=nginx-1',
      lastExit: { exitCode: 1, finishedAt: now - 3000 },
    }),
  ],
});
const lastWords = {
  pod: 'nginx-1',
  container: 'main',
  lines: 'nginx: [emerg] host not found in upstream "django"',
};

const redisPod = pod('redis-0', {
  node: 'agent-0',
  labels: { component: 'redis' },
  owner: { kind: 'StatefulSet', name: 'redis' },
  ready: false,
  containers: [
    container({
      name: redis.container,
      state: 'waiting',
      reason: 'CrashLoopBackOff',
      message: 'back-off 40s restarting failed container=redis pod=redis-0',
      lastExit: { exitCode: 1, finishedAt: now - 3000 },
    }),
  ],
});
const redisWords = { pod: redis.pod, container: redis.container, lines: `* Ready\n${redis.lastWords}\n` };
const reported = saw(
  [{ name: 'agent-0', ready: true, unschedulable: false, leaseRenewedAt: now - 5000 }],
  'API',
  now,
);

/** A Redis that died of its append-only file, and what a look at the file gave. */
function redisDown(file: Looked<AppendOnlyFile>, changes: Partial<Observation> = {}): Observation {
  const { pod: name, container: of } = redisWords;
  return healthy({
    nodes: reported,
    pods: saw([redisPod], 'API', now),
    crashes: saw([redisWords], 'logs', now),
    appendOnlyFiles: saw([{ pod: name, container: of, name: redis.file, file }], 'files', now),
    ...changes,
  });
}

const fileWith = (changes: Partial<AppendOnlyFile>) =>
  saw<AppendOnlyFile>(
    {
      nodeId: 'id-of-agent-0',
      node: 'agent-0',
      path: redis.path,
      size: 5096,
      validUpTo: 1000,
      tail: 'nul',
      ...changes,
    },
    'engine',
    now,
  );

/** A database with one member that does not call itself running, and what its Patroni says of its own loop. */
function withMember(loop: 'runs' | 'stands-still'): DatabaseFacts {
  return {
    namespace: stack.namespace,
    cluster: 'shop-db',
    leader: 'shop-db-0',
    members: [
      { pod: 'shop-db-0', role: 'master', state: 'running' },
      { pod: 'shop-db-2', role: 'replica', state: 'stopped', loop: saw(loop, 'GET /liveness', now) },
    ],
    primary: saw({ pod: 'shop-db-0', inRecovery: false }, 'SQL', now),
    replication: couldNotLook('not asked', 'SQL', now),
  };
}

const long = now - 300_000;
const member = (name: string, startedAt = long) =>
  pod(name, { containers: [container({ state: 'running', startedAt })] });

/** A database with one standby that was asked, and what its primary waits for. */
function replicating(
  standby: StandbyFacts,
  {
    wantsSynchronous = true,
    synchronousStandbyNames = '"shop-db-2"',
    leaderSince = long,
    startedAt = long,
  } = {},
): Partial<Observation> {
  const database: DatabaseFacts = {
    ...withMember('runs'),
    leaderSince,
    members: [{ pod: 'shop-db-0' }, { pod: 'shop-db-2', standby: saw(standby, 'SQL on shop-db-2', now) }],
    replication: saw({ wantsSynchronous, synchronousStandbyNames, maximumLagBytes: 33_554_432 }, 'API', now),
  };
  const pods = [member('shop-db-0'), member('shop-db-2', startedAt)];
  return { databases: saw([database], 'API', now), pods: saw(pods, 'API', now) };
}

const streams = { receives: true, behindBytes: 0 };
const deaf = { receives: false, behindBytes: 5_242_880 };

interface Case {
  readonly name: string;
  readonly observation: Observation;
  /** `fault kind` of every finding. */
  readonly findings: readonly string[];
  readonly steps: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'a healthy stack', observation: healthy(), findings: [], steps: [] },
  {
    name: 'an agent that its engine will not start',
    observation: healthy({
      containers: saw(
        [
          node('server-0', { role: 'server' }),
          node('agent-0', { state: 'exited', exitCode: 255, restartPolicy: 'no' }),
        ],
        'engine',
        now,
      ),
    }),
    findings: ['node-stopped broken'],
    steps: ['start-node'],
  },
  {
    name: 'a stopped cluster',
    observation: healthy({
      containers: saw([node('server-0', { role: 'server', state: 'exited' })], 'engine', now),
    }),
    findings: ['cluster-stopped broken'],
    steps: ['start-cluster'],
  },
  {
    name: 'a stopped load balancer',
    observation: healthy({
      containers: saw(
        [
          node('server-0', { role: 'server' }),
          node('balancer', { role: 'loadbalancer', state: 'exited', restartPolicy: 'no' }),
        ],
        'engine',
        now,
      ),
    }),
    findings: ['load-balancer-stopped broken'],
    steps: ['start-load-balancer'],
  },
  {
    name: 'a member whose Patroni hangs',
    observation: healthy({ databases: saw([withMember('stands-still')], 'API', now) }),
    findings: ['patroni-stands-still notice'],
    steps: [],
  },
  {
    name: 'a member that is being copied',
    observation: healthy({ databases: saw([withMember('runs')], 'API', now) }),
    findings: [],
    steps: [],
  },
  {
    name: 'a standby that streams',
    observation: healthy(replicating(streams)),
    findings: [],
    steps: [],
  },
  {
    name: 'a standby that follows nobody',
    observation: healthy(replicating(deaf)),
    findings: ['standby-not-streaming notice'],
    steps: [],
  },
  {
    name: 'a standby that has just started and does not stream yet',
    observation: healthy(replicating(deaf, { startedAt: now - 30_000, synchronousStandbyNames: '' })),
    findings: ['synchronous-replication-off notice'],
    steps: [],
  },
  {
    name: 'standbys that have not found the new leader yet',
    observation: healthy(replicating(deaf, { leaderSince: now - 30_000, synchronousStandbyNames: '' })),
    findings: [],
    steps: [],
  },
  {
    name: 'a standby that streams and is too far behind to lead',
    observation: healthy(replicating({ receives: true, behindBytes: 33_554_433 })),
    findings: ['standby-not-streaming notice'],
    steps: [],
  },
  {
    name: 'a primary that is to wait for a standby and waits for none',
    observation: healthy(replicating(deaf, { synchronousStandbyNames: '' })),
    findings: ['standby-not-streaming notice', 'synchronous-replication-off notice'],
    steps: [],
  },
  {
    name: 'a primary that is meant to wait for nobody',
    observation: healthy(replicating(streams, { wantsSynchronous: false, synchronousStandbyNames: '' })),
    findings: [],
    steps: [],
  },
  {
    name: 'an engine that does not answer',
    observation: healthy({ containers: couldNotLook('connection refused', 'engine', now) }),
    findings: ['could-not-look unknown'],
    steps: [],
  },
  {
    name: 'an API that does not answer yet',
    observation: healthy({ api: couldNotLook('connection refused', 'API', now) }),
    findings: ['control-plane-silent settling'],
    steps: [],
  },
  {
    name: "an API whose certificate is of the future by this machine's clock",
    observation: healthy({
      api: couldNotLook(
        `no: ${validityText('CERT_NOT_YET_VALID', [{ from: now + 60_000, until: now + 90_000 }], now)}. Set it.`,
        'API',
        now,
      ),
    }),
    findings: ['certificate-not-valid-now broken', 'control-plane-silent settling'],
    steps: [],
  },
  {
    name: 'a front door whose certificate has expired',
    observation: healthy({
      frontDoor: saw(
        {
          url: 'https://shop.local/',
          answer: { error: validityText('CERT_HAS_EXPIRED', [], now) },
          visits: { made: 3, answered: 0 },
        },
        'front door',
        now,
      ),
    }),
    findings: ['certificate-not-valid-now broken'],
    steps: [],
  },
  {
    name: 'DNS that does not answer yet',
    observation: healthy({
      dns: saw({ servers: [{ pod: 'coredns-1', answers: false }] }, 'DNS', now),
    }),
    findings: ['dns-silent settling'],
    steps: [],
  },
  {
    name: 'a banned pooler',
    observation: healthy({ poolers: saw([pooler({ login: banned })], 'poolers', now) }),
    findings: ['pooler-refuses-logins broken'],
    steps: ['nudge-pooler'],
  },
  {
    name: 'a pooler that remembers a failed lookup',
    observation: healthy({
      poolers: saw(
        [pooler({ login: banned, failedLookups: saw([{ host: 'db', ttlSeconds: 11 }], 'console', now) })],
        'poolers',
        now,
      ),
    }),
    findings: ['pooler-remembers-failed-lookup broken'],
    steps: ['restart-pooler'],
  },
  {
    name: 'a pooler that remembers a failed lookup and was not asked for a login',
    observation: healthy({
      poolers: saw(
        [
          pooler({
            login: { result: 'not-asked', message: 'it remembers a failed DNS lookup' },
            failedLookups: saw([{ host: 'db', ttlSeconds: 11 }], 'console', now),
          }),
        ],
        'poolers',
        now,
      ),
    }),
    findings: ['pooler-remembers-failed-lookup broken'],
    steps: ['restart-pooler'],
  },
  {
    name: 'a pooler that remembers a failed lookup while the DNS is still silent',
    observation: healthy({
      dns: saw({ servers: [{ pod: 'coredns-1', answers: false }] }, 'DNS', now),
      poolers: saw(
        [
          pooler({
            login: { result: 'not-asked', message: 'it remembers a failed DNS lookup' },
            failedLookups: saw([{ host: 'db', ttlSeconds: 11 }], 'console', now),
          }),
        ],
        'poolers',
        now,
      ),
    }),
    findings: ['dns-silent settling'],
    steps: [],
  },
  {
    name: 'a load balancer of which one worker shuns a web server',
    observation: healthy({
      frontDoor: saw(
        {
          url: 'https://shop.local:8443/',
          answer: { error: 'ECONNRESET' },
          visits: { made: 3, answered: 2 },
        },
        'front door',
        now,
      ),
      edge: saw([{ kind: 'Node', name: 'agent-0', status: 200 }], 'edge', now),
    }),
    findings: ['front-door-shunned broken'],
    steps: ['reload-load-balancer'],
  },
  {
    name: 'a pooler that will forget a failed lookup soon',
    observation: healthy({
      poolers: saw(
        [pooler({ login: banned, failedLookups: saw([{ host: 'db', ttlSeconds: 2 }], 'console', now) })],
        'poolers',
        now,
      ),
    }),
    findings: ['pooler-remembers-failed-lookup settling'],
    steps: [],
  },
  {
    name: 'a pooler whose password is rejected',
    observation: healthy({
      poolers: saw(
        [pooler({ login: banned, ownRole: saw('rejected' as const, 'primary', now) })],
        'poolers',
        now,
      ),
    }),
    findings: ['pooler-role-rejected broken'],
    steps: ['sync-pooler-credentials'],
  },
  {
    name: 'nginx that died of DNS, which answers now',
    observation: healthy({ pods: saw([crashed], 'API', now), crashes: saw([lastWords], 'logs', now) }),
    findings: ['crash-loop-tail broken'],
    steps: ['restart-crash-looping-pod'],
  },
  {
    name: 'nginx that died of DNS, which does not answer yet',
    observation: healthy({
      pods: saw([crashed], 'API', now),
      crashes: saw([lastWords], 'logs', now),
      dns: saw({ servers: [{ pod: 'coredns-1', answers: false }] }, 'DNS', now),
    }),
    findings: ['dns-silent settling', 'crash-loop-tail settling'],
    steps: [],
  },
  {
    name: 'a crash-looping pod with files that would die with it',
    observation: healthy({
      pods: saw([{ ...crashed, emptyDirs: ['uploads'] }], 'API', now),
      crashes: saw([lastWords], 'logs', now),
    }),
    findings: ['crash-loop-tail broken'],
    steps: [],
  },
  {
    name: 'a crash-looping pod of a StatefulSet, whose old container may still run',
    observation: healthy({
      pods: saw([{ ...crashed, owner: { kind: 'StatefulSet', name: 'redis' } }], 'API', now),
      crashes: saw([lastWords], 'logs', now),
    }),
    findings: ['crash-loop-tail broken'],
    steps: [],
  },
  {
    name: 'a Redis whose append-only file ends in NUL bytes',
    observation: redisDown(fileWith({})),
    findings: ['redis-append-only-file-damaged broken'],
    steps: ['trim-append-only-file'],
  },
  {
    name: 'a Redis whose file ends in NUL bytes, with files in an emptyDir that stay where they are',
    observation: redisDown(fileWith({}), { pods: saw([{ ...redisPod, emptyDirs: ['tmp'] }], 'API', now) }),
    findings: ['redis-append-only-file-damaged broken'],
    steps: ['trim-append-only-file'],
  },
  {
    name: 'a Redis whose append-only file has nothing but NUL bytes',
    observation: redisDown(fileWith({ validUpTo: 0 })),
    findings: ['redis-append-only-file-damaged broken'],
    steps: [],
  },
  {
    name: 'a Redis whose append-only file ends in other bytes',
    observation: redisDown(fileWith({ tail: 'other' })),
    findings: ['redis-append-only-file-damaged broken'],
    steps: [],
  },
  {
    name: 'a Redis whose append-only file is cut short',
    observation: redisDown(fileWith({ tail: 'cut-short' })),
    findings: ['redis-append-only-file-damaged broken'],
    steps: [],
  },
  {
    name: 'a Redis whose append-only file could not be looked at',
    observation: redisDown(couldNotLook('it has 200000000 bytes', 'file', now)),
    findings: ['redis-append-only-file-damaged broken'],
    steps: [],
  },
  {
    name: 'a Redis whose append-only file nobody could look for',
    observation: redisDown(fileWith({}), { appendOnlyFiles: couldNotLook('no engine', 'files', now) }),
    findings: ['redis-append-only-file-damaged broken'],
    steps: [],
  },
  {
    name: 'a Redis whose append-only file is whole again, and which waits',
    observation: redisDown(fileWith({ size: 1000, tail: 'none' }), {}),
    findings: ['crash-loop-tail settling'],
    steps: [],
  },
  {
    name: 'a node whose network cache was never written whole',
    observation: healthy({
      networkCaches: saw(
        [
          {
            node: 'agent-0',
            nodeId: 'id-of-agent-0',
            damaged: saw(
              [{ path: '/var/lib/cni/results/pods-a-eth0', size: 0, modifiedAt: boot - 60_000 }],
              'agent-0',
              now,
            ),
          },
        ],
        'network caches',
        now,
      ),
    }),
    findings: ['network-cache-damaged broken'],
    steps: ['set-network-cache-aside'],
  },
  {
    name: 'a load balancer that shuns a web server',
    observation: healthy({
      frontDoor: saw(
        {
          url: 'https://shop.local:8443/',
          answer: { error: 'ECONNRESET' },
          visits: { made: 3, answered: 0 },
        },
        'front door',
        now,
      ),
      edge: saw([{ kind: 'Pod', name: 'nginx-1', status: 200 }], 'edge', now),
    }),
    findings: ['front-door-shunned broken'],
    steps: ['reload-load-balancer'],
  },
  {
    name: 'a web server that fails by itself',
    observation: healthy({
      frontDoor: saw(
        {
          url: 'https://shop.local:8443/',
          answer: { error: 'ECONNRESET' },
          visits: { made: 3, answered: 0 },
        },
        'front door',
        now,
      ),
      edge: saw([{ kind: 'Pod', name: 'nginx-1', status: 502 }], 'edge', now),
    }),
    findings: [],
    steps: [],
  },
  {
    name: 'pods whose Ready is older than the boot',
    observation: healthy({
      pods: saw(
        [pod('web-1', { labels: { app: 'web' }, containers: [container({ startedAt: boot - 60_000 })] })],
        'API',
        now,
      ),
      workloads: saw(
        [
          {
            kind: 'Deployment',
            namespace: 'shop',
            name: 'web',
            wanted: 1,
            ready: 1,
            selector: { app: 'web' },
          },
        ],
        'API',
        now,
      ),
    }),
    findings: ['workload-incomplete settling'],
    steps: [],
  },
];

function planOf(observation: Observation) {
  const context = { stack, observation, past: [], run: 'run', busy: new Set<string>() };
  return makePlan(diagnose(observation, check), check, context);
}

describe('what is found and what is done about it', () => {
  test.each(cases)('$name', ({ observation, findings, steps }) => {
    expect(diagnose(observation, check).map((finding) => `${finding.fault} ${finding.kind}`)).toEqual(
      findings,
    );
    expect(planOf(observation).steps.map((step) => step.step)).toEqual(steps);
  });

  test('a profile is applied only when the stack file names one and values differ', () => {
    const observation = healthy({
      poolers: saw(
        [pooler({ config: saw({ server_login_retry: '5', server_connect_timeout: '15' }, 'console', now) })],
        'poolers',
        now,
      ),
    });
    expect(diagnose(observation, check)).toEqual([]);
    const named = {
      stack: { ...stack, poolerProfile: { name: 'patience', settings: poolerProfiles.patience } },
      firstSeen: () => boot,
    };
    expect(diagnose(observation, named).map((finding) => finding.fault)).toEqual(['pooler-profile-differs']);
    const unseen = couldNotLook<never>('no web server pod is ready since the boot', 'front door', now);
    const doorless = { ...observation, frontDoor: unseen };
    expect(diagnose(doorless, named).map(({ fault }) => fault)).toEqual(['pooler-profile-differs']);
    const frontDoor = { url: 'https://shop.local/' } as unknown as NonNullable<Stack['frontDoor']>;
    expect(diagnose(doorless, { ...named, stack: { ...named.stack, frontDoor } })).toEqual([]);
  });

  test('a self-starting container gets time before anybody acts', () => {
    const observation = healthy({
      containers: saw(
        [node('server-0', { role: 'server' }), node('agent-0', { state: 'exited' })],
        'engine',
        now,
      ),
    });
    const justNow = { stack, firstSeen: () => undefined };
    expect(diagnose(observation, justNow).map((finding) => finding.kind)).toEqual(['settling']);
  });
});

const componentOf = (
  adapter: Component['adapter'],
  name: string,
  dependsOn: readonly string[],
): Component => ({
  ref: { kind: name === 'redis' ? 'StatefulSet' : 'Deployment', namespace: 'shop', name },
  adapter,
  dependsOn,
  why: 'test',
  podLabels: { component: name },
});
const withRedis = {
  stack: {
    ...stack,
    components: [componentOf('redis', 'redis', []), componentOf('celery', 'celery', ['StatefulSet/redis'])],
  },
  firstSeen: () => boot,
};
const workingRedis = { ...redisPod, ready: true, containers: [container({ name: redis.container })] };
const celery = { ...crashed, name: 'celery-1', uid: 'uid-of-celery-1', labels: { component: 'celery' } };

function crashFindings(observation: Observation): readonly string[] {
  return diagnose(observation, withRedis)
    .filter((finding) => finding.fault === 'crash-loop-tail')
    .map((finding) => `${finding.object.name} ${finding.kind}`);
}

describe('a Redis that died of its append-only file', () => {
  test('is started again only when the file is whole', () => {
    expect(crashFindings(redisDown(fileWith({})))).toEqual([]);
    const whole = redisDown(fileWith({ size: 1000, tail: 'none' }));
    expect(crashFindings(whole)).toEqual(['redis-0 broken']);
    const context = { ...withRedis, observation: whole, past: [], run: 'run', busy: new Set<string>() };
    const plan = makePlan(diagnose(whole, withRedis), withRedis, context);
    expect(plan.steps.map((step) => step.step)).toEqual(['restart-crash-looping-pod']);
  });

  test('needs a human, who is told how, when more than NUL bytes is lost', () => {
    const [finding] = diagnose(redisDown(fileWith({ tail: 'other' })), check);
    expect(finding?.claim).toContain('needs a human');
    const manual = finding?.evidence.find((entry) => entry.field === 'by hand')?.value ?? '';
    expect(manual).toMatch(/cp -p .*redis-check-aof .*truncate .*kubectl -n shop delete pod redis-0$/);
  });

  test.each([
    ['a refused connection', 'Error 111 connecting to redis:6379. Connection refused.'],
    ['a name without an address', 'redis: Name or service not known'],
  ])('keeps those alone that crash for want of it (%s)', (_name, lines) => {
    const words = { pod: 'celery-1', container: 'main', lines };
    const crashes = saw([redisWords, words], 'logs', now);
    const pods = saw([redisPod, celery], 'API', now);
    expect(crashFindings(redisDown(fileWith({}), { pods, crashes }))).toEqual(['celery-1 settling']);
    const back = healthy({ pods: saw([workingRedis, celery], 'API', now), crashes });
    expect(crashFindings(back)).toEqual(['celery-1 broken']);
  });
});

describe('a web server that died because a name had no address', () => {
  const django = { ...componentOf('web', 'django', []), podLabels: { component: 'django' } };
  const nginx = { ...componentOf('edge', 'nginx', ['Deployment/django']), podLabels: { component: 'nginx' } };
  const shop = { stack: { ...stack, components: [django, nginx] }, firstSeen: () => boot };
  const waiting = { ...crashed, labels: { component: 'nginx' } };

  test.each([
    ['is waited for while the servers behind the name are not there', false, 'settling'],
    ['is started again when they are', true, 'broken'],
  ])('%s', (_name, ready, kind) => {
    const pods = saw([waiting, pod('django-1', { ready, labels: { component: 'django' } })], 'API', now);
    const found = diagnose(healthy({ pods, crashes: saw([lastWords], 'logs', now) }), shop);
    expect(found.filter(({ fault }) => fault === 'crash-loop-tail')).toMatchObject([{ kind }]);
  });
});

describe('a web server behind a PgBouncer of its owner, of which nobody knows how to log in', () => {
  const own = { ...componentOf('pgbouncer', 'own-pooler', []), podLabels: { component: 'own-pooler' } };
  const nginx = {
    ...componentOf('edge', 'nginx', ['Deployment/own-pooler']),
    podLabels: { component: 'nginx' },
  };
  const shop = { stack: { ...stack, components: [own, nginx] }, firstSeen: () => boot };
  const waiting = { ...crashed, labels: { component: 'nginx' } };

  test.each([
    [false, 'settling'],
    [true, 'broken'],
  ])('is started again when that is ready: %s', (ready, kind) => {
    const pods = saw([waiting, pod('own-pooler-1', { ready, labels: own.podLabels })], 'API', now);
    const found = diagnose(healthy({ pods, crashes: saw([lastWords], 'logs', now) }), shop);
    expect(found.filter(({ fault }) => fault === 'crash-loop-tail')).toMatchObject([{ kind }]);
  });
});

test('a pod of a Job that crashes is told, is left to its Job, and is no reason to call the shop unhealthy', () => {
  const report = { ...crashed, owner: { kind: 'Job', name: 'report-29' } };
  const observation = healthy({ pods: saw([report], 'API', now), crashes: saw([lastWords], 'logs', now) });
  expect(diagnose(observation, check).map(({ fault, kind }) => `${fault} ${kind}`)).toEqual([
    'crash-loop-tail notice',
  ]);
  expect(planOf(observation)).toMatchObject({ steps: [], refusals: [] });
});

test.each(['server-0', 'agent-0', 'balancer'])(
  '%s that somebody has paused is theirs to go on with',
  (name) => {
    const all = [
      node('server-0', { role: 'server' }),
      node('agent-0'),
      node('balancer', { role: 'loadbalancer' }),
    ];
    const containers = all.map((entry) =>
      entry.name === name ? node(name, { role: entry.role, state: 'paused' }) : entry,
    );
    const { steps, refusals, tasks } = planOf(healthy({ containers: saw(containers, 'engine', now) }));
    expect([steps, refusals]).toEqual([[], []]);
    expect(tasks).toMatchObject([{ target: { name }, byHand: `docker unpause ${name}` }]);
  },
);

test.each([
  ['no answer within 1.2 s', 'No DNS server of the cluster answers yet.'],
  [
    'no address for db.shop.svc.cluster.local (NXDOMAIN)',
    'The DNS of the cluster answers, and has no address for db.shop.svc.cluster.local (NXDOMAIN): is the Service there?',
  ],
])('a DNS that gives no address is told apart from a silent one: %s', (why, claim) => {
  const servers = [{ pod: 'coredns-1', answers: false, why }];
  expect(diagnose(healthy({ dns: saw({ servers }, 'DNS', now) }), check)).toMatchObject([{ claim }]);
});

describe('a container that crashes beside others', () => {
  const exporter = { ...(crashed.containers[0] ?? container()), name: 'exporter' };
  const worker = container({ name: 'worker' });
  const words = saw([{ ...lastWords, container: 'exporter' }], 'logs', now);
  const shop = (changes: Partial<PodFacts>) =>
    healthy({ pods: saw([{ ...crashed, ...changes }], 'API', now), crashes: words });

  test.each<readonly [string, Partial<PodFacts>, string]>([
    ['that work', { containers: [worker, exporter] }, 'worker'],
    [
      'of which one is there to look around',
      { containers: [exporter], ephemeralContainers: [container({ name: 'debugger' })] },
      'debugger',
    ],
  ])('%s is waited for, for they would end with it', (_name, changes, others) => {
    const found = diagnose(shop(changes), check);
    expect(found).toMatchObject([
      {
        kind: 'settling',
        claim: `exporter of nginx-1 crashed and is started again in about 24 s; the pod is kept because something in it runs: ${others}.`,
      },
    ]);
    expect(planOf(shop(changes))).toMatchObject({ steps: [], refusals: [] });
    expect([...pendingSteps(found, shop(changes), check)]).toEqual([]);
  });

  test('is helped when none of them runs; an init container that goes on serves nobody by itself', () => {
    const sidecar = container({ name: 'mesh' });
    for (const others of [[], [{ ...exporter, name: 'worker' }]]) {
      const { steps } = planOf(shop({ containers: [...others, exporter], initContainers: [sidecar] }));
      expect(steps.map(({ step }) => step)).toEqual(['restart-crash-looping-pod']);
    }
  });
});

describe('an init container that crashes', () => {
  const [main] = crashed.containers;
  const since = boot + 5000;
  const migrate: ContainerFacts = {
    ...(main ?? container()),
    name: 'migrate',
    lastExit: { exitCode: 1, startedAt: since, finishedAt: now - 3000 },
  };
  // What the kubelet says of the others until the last init container is done: how they ended with the power.
  const ended = container({
    state: 'terminated',
    reason: 'Unknown',
    exitCode: 255,
    lastExit: { reason: 'Unknown', exitCode: 255, startedAt: boot - 90_000, finishedAt: boot + 1000 },
  });
  const crashes = saw([{ ...lastWords, container: 'migrate' }], 'logs', now);
  const shop = (changes: Partial<PodFacts> = {}) => {
    const held: PodFacts = {
      ...crashed,
      containers: [ended],
      initContainers: [migrate],
      ...changes,
    };
    return healthy({ pods: saw([held], 'API', now), crashes });
  };

  test('does not wait out its back-off when what it needs works', () => {
    expect(diagnose(shop(), check)).toMatchObject([
      {
        fault: 'crash-loop-tail',
        kind: 'broken',
        evidence: [{ field: 'initContainers[migrate].state.waiting' }, { field: 'last log line' }],
      },
    ]);
    expect(planOf(shop()).steps).toMatchObject([
      { step: 'restart-crash-looping-pod', parameters: { initContainer: 'migrate' } },
    ]);
  });

  test('is waited for when it starts again at any moment', () => {
    const soon = { ...migrate, lastExit: { exitCode: 1, startedAt: since, finishedAt: now - 28_000 } };
    expect(diagnose(shop({ initContainers: [soon] }), check)).toMatchObject([
      { kind: 'settling', claim: 'migrate of nginx-1 crashed and is started again at any moment.' },
    ]);
  });

  test('of before the boot is no news', () => {
    const old = {
      ...migrate,
      lastExit: { exitCode: 1, startedAt: boot - 60_000, finishedAt: boot - 50_000 },
    };
    expect(diagnose(shop({ initContainers: [old] }), check).map(({ fault }) => fault)).not.toContain(
      'crash-loop-tail',
    );
  });
});

function waitsSince(seconds: number): PodFacts {
  const [main] = crashed.containers;
  const lastExit = { exitCode: 1, finishedAt: now - seconds * 1000 };
  return { ...crashed, containers: [{ ...(main ?? container()), lastExit }] };
}

describe('a crash back-off that is almost over', () => {
  // The wait is 20 s; the kubelet's next look is usually 7 s late, and a new pod needs 4 s.
  test.each([
    [22, 'broken', 'waits out a crash back-off of about 5 s more'],
    [24, 'settling', 'is started again in about 3 s'],
    [28, 'settling', 'is started again at any moment'],
  ])('%i s after the crash is %s', (seconds, kind, words) => {
    const pods = saw([waitsSince(seconds)], 'API', now);
    const found = diagnose(healthy({ pods, crashes: saw([lastWords], 'logs', now) }), check);
    const tails = found.filter(({ fault }) => fault === 'crash-loop-tail');
    expect(tails.map((tail) => tail.kind)).toEqual([kind]);
    expect(tails[0]?.claim).toContain(words);
  });
});

describe('the list of faults', () => {
  test('every folder is listed, and every fault is exercised above', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(faults.map((fault) => fault.id).sort()).toEqual(folders.map((entry) => entry.name).sort());
    const exercised = new Set(cases.flatMap((entry) => entry.findings.map((text) => text.split(' ')[0])));
    const elsewhere = [
      'container-not-created',
      'container-paused',
      'dns-scaled-to-zero',
      'host-name-missing',
      'leader-candidates-missing',
      'load-balancer-names-gone',
      'network-policy-blocks',
      'pod-left-over',
      'pod-stuck-after-boot',
      'pooler-nudge-left-over',
      'pooler-profile-differs',
      'pooler-secret-unusable',
      'primary-missing',
      'workload-scaled-to-zero',
    ];
    const missing = faults.map((fault) => fault.id).filter((id) => !exercised.has(id));
    expect(missing.sort()).toEqual(elsewhere);
  });
});
