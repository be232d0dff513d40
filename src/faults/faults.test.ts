import { readdirSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { boot, container, healthy, node, now, pod, pooler, stack } from '../../test/fakes/observation.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { couldNotLook, saw } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import { makePlan } from '../plan/make-plan.ts';
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
    name: 'DNS that does not answer yet',
    observation: healthy({
      dns: saw({ servers: [{ pod: 'coredns-1', answers: false }], readyEndpoints: 0 }, 'DNS', now),
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
      dns: saw({ servers: [{ pod: 'coredns-1', answers: false }], readyEndpoints: 0 }, 'DNS', now),
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
    name: 'an unfinished nudge',
    observation: healthy({
      poolers: saw([pooler({ config: saw({ server_login_retry: '0' }, 'console', now) })], 'poolers', now),
    }),
    findings: ['pooler-nudge-left-over broken'],
    steps: ['nudge-pooler'],
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
      dns: saw({ servers: [{ pod: 'coredns-1', answers: false }], readyEndpoints: 0 }, 'DNS', now),
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
    const named = { stack: { ...stack, poolerProfile: 'patience' }, firstSeen: () => boot };
    expect(diagnose(observation, named).map((finding) => finding.fault)).toEqual(['pooler-profile-differs']);
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

describe('the list of faults', () => {
  test('every folder is listed, and every fault is exercised above', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(faults.map((fault) => fault.id).sort()).toEqual(folders.map((entry) => entry.name).sort());
    const exercised = new Set(cases.flatMap((entry) => entry.findings.map((text) => text.split(' ')[0])));
    const missing = faults.map((fault) => fault.id).filter((id) => !exercised.has(id));
    expect(missing.sort()).toEqual(['pooler-profile-differs', 'primary-missing']);
  });
});
