import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test, type TestContext } from 'vitest';
import { stringify } from 'yaml';

import { RunLog, type Pass } from '../../src/app/run-log.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { PlannedStep } from '../../src/domain/plan.ts';
import { registerSecret } from '../../src/record/redact.ts';
import { type AgentTelemetry, createTelemetry } from '../../src/telemetry/index.ts';
import { freePort } from '../fakes/free-port.ts';
import { memoryJournal } from '../fakes/memory-journal.ts';
import { healthy, shopCluster } from '../fakes/observation.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { goProgram } from './from-registries.ts';

interface Attribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly arrayValue?: { readonly values?: readonly { readonly stringValue: string }[] };
  };
}
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Not there for the root. */
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly events?: readonly { readonly name: string; readonly attributes?: readonly Attribute[] }[];
  readonly status: { readonly code?: number; readonly message?: string };
}
interface Line {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

/** The OpenTelemetry Collector on this machine, what it has taken, and where it takes it. */
async function collector(context: TestContext) {
  const { file = '', lacking } = await goProgram('otel-collector');
  skipWhen(context, lacking);
  const endpoint = `127.0.0.1:${await freePort()}`;
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint } } } },
    exporters: { lines: {} },
    service: {
      pipelines: { traces: { receivers: ['otlp'], exporters: ['lines'] } },
      telemetry: { metrics: { level: 'none' } },
    },
  };
  const child = spawn(file, ['--config', `yaml:${stringify(config)}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line) as Line));
  let said = '';
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
    if (said.includes('Everything is ready')) resolve();
  });
  void gone.then(() => reject(new Error(`the collector has ended:\n${said}`)));
  await ready;
  return { endpoint: `http://${endpoint}`, lines };
}

function telemetry(
  endpoint: string,
  clock: VirtualClock,
  tell: (line: string) => void,
): Promise<AgentTelemetry> {
  return createTelemetry({
    version: '0.1.0',
    stack: () => 'shop',
    clock,
    listen: 'off',
    longestSilenceMs: 60_000,
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
    tell,
  });
}

const target = { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1' };
const secret = 'a-password-of-the-pooler';
const step: PlannedStep = {
  step: 'nudge-pooler',
  target,
  risk: 'safe',
  because: 'pooler-refuses-logins',
  reason: `It ends the ban of ${secret}.`,
  provenBy: '',
  undo: '',
  evidenceAt: 0,
  parameters: {},
};

function pass(kind: Finding['kind'], plan: Partial<Pass['plan']>): Pass {
  const claim = `Clients see \u001b[31m${secret}`;
  const found = { fault: 'pooler-refuses-logins', layer: 'pooler', object: target, claim } as const;
  const nothing = { steps: [], refusals: [], tasks: [], waits: [], hopes: [] };
  return {
    observation: healthy(),
    findings: [{ ...found, kind, evidence: [], causedBy: [] }],
    plan: { ...nothing, ...plan },
  };
}

/** A recovery of 4 s, as `heal` and its runner tell it: waiting, a step that is proven, one that fails. */
async function recover(log: RunLog, clock: VirtualClock): Promise<void> {
  const run = log.id;
  log.record({ type: 'run-started', run, command: 'watch', context: 'k3d-shop', version: '0.1.0' });
  await clock.sleep(500);
  log.note(pass('settling', { waits: ['db: no primary takes writes yet.'] }));
  await clock.sleep(500);
  const refusal = {
    guard: 'budget-spent',
    step: 'restart-pooler',
    target,
    reason: 'Spent.',
    advice: 'Look.',
    kind: 'human',
  } as const;
  log.note(pass('broken', { steps: [step], refusals: [refusal] }));
  for (const [action, acted] of [
    ['a', 'done'],
    ['b', 'failed'],
  ] as const) {
    await clock.sleep(250);
    log.record({ type: 'step-intended', run, action, step });
    await clock.sleep(250);
    log.record({ type: 'step-acted', run, action, acted, detail: 'SET, RECONNECT' });
    if (acted === 'done') {
      // The machine's clock is set back by an hour: spans go on forward.
      clock.setBy(-3_600_000);
      await clock.sleep(1000);
      log.record({ type: 'step-verified', run, action, verified: 'yes', detail: 'the user logs in' });
    }
  }
  await clock.sleep(1000);
  const verdict = {
    state: 'broken',
    proven: 'none',
    wanted: 'verified',
    sentence: 'No.',
    at: clock.now(),
  } as const;
  log.record({ type: 'run-ended', run, verdict, seconds: 4 });
}

function textOf(attributes: readonly Attribute[] = [], key: string): string | undefined {
  const value = attributes.find((one) => one.key === key)?.value;
  return value?.stringValue ?? value?.arrayValue?.values?.map((one) => one.stringValue).join();
}

/** How long it lasted. */
function seconds(span: Span | undefined): number {
  return Number(BigInt(span?.endTimeUnixNano ?? 0) - BigInt(span?.startTimeUnixNano ?? 0)) / 1e9;
}

/** Name, status and children of each span, in the order of their beginning. */
interface Tree {
  readonly name: string;
  readonly code: number;
  readonly below: readonly Tree[];
}

function treeOf(spans: readonly Span[], parent = ''): readonly Tree[] {
  const own = spans.filter(({ parentSpanId = '' }) => parentSpanId === parent);
  own.sort((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
  return own.map(({ name, status, spanId }) => ({
    name,
    code: status.code ?? 0,
    below: treeOf(spans, spanId),
  }));
}

const leaf = (name: string, code = 0): Tree => ({ name, code, below: [] });

describe('the OpenTelemetry Collector', { timeout: 600_000 }, () => {
  test('takes a recovery as one trace, without secrets and with time that goes forward', async (context) => {
    registerSecret(secret);
    const { endpoint, lines } = await collector(context);
    const clock = new VirtualClock(Date.UTC(2026, 0, 1));
    const agent = await telemetry(endpoint, clock, (line) => expect.unreachable(line));
    agent.listener.passed(pass('notice', {}));
    await recover(new RunLog({ store: memoryJournal(), target: shopCluster }, clock, agent.listener), clock);
    await agent.close();
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBeGreaterThan(0);

    const resources = lines.flatMap(({ resourceSpans }) => resourceSpans);
    expect(resources.map(({ resource }) => textOf(resource.attributes, 'service.name'))).toEqual([
      'rekindle',
    ]);
    const spans = resources.flatMap(({ scopeSpans }) => scopeSpans).flatMap((scope) => scope.spans);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const [ok, error] = [1, 2];
    expect(treeOf(spans)).toEqual([
      {
        name: 'recovery',
        code: error,
        below: [
          leaf('look'),
          leaf('look'),
          {
            name: 'nudge-pooler',
            code: ok,
            below: [leaf('precondition'), leaf('act'), leaf('verify', ok)],
          },
          { name: 'nudge-pooler', code: error, below: [leaf('precondition'), leaf('act', error)] },
        ],
      },
    ]);
    const recovery = spans.find(({ name }) => name === 'recovery');
    expect(seconds(recovery)).toBeCloseTo(4, 3);
    for (const span of spans) expect(seconds(span), span.name).toBeGreaterThanOrEqual(0);
    expect(recovery?.events?.map(({ name }) => name)).toEqual([
      'finding pooler-refuses-logins',
      'refused restart-pooler',
    ]);
    expect(textOf(recovery?.events?.[0]?.attributes, 'rekindle.claim')).toBe('Clients see [redacted]');
    expect(textOf(recovery?.attributes, 'rekindle.verdict')).toBe('broken');
    const looks = spans.filter(({ name }) => name === 'look');
    expect(looks.map(({ attributes }) => textOf(attributes, 'rekindle.waits'))).toContain(
      'db: no primary takes writes yet.',
    );
    expect(JSON.stringify(lines)).not.toContain(secret);
  });
});

test('a collector that is not there is told once, and holds up nobody', async () => {
  const told: string[] = [];
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const agent = await telemetry(`http://127.0.0.1:${await freePort()}`, clock, (line) => told.push(line));
  for (let count = 0; count < 3; count += 1)
    await recover(new RunLog({ store: memoryJournal(), target: shopCluster }, clock, agent.listener), clock);
  const before = performance.now();
  await agent.close();
  expect(performance.now() - before).toBeLessThan(5000);
  await expect
    .poll(() => told, { timeout: 15_000 })
    .toEqual([
      expect.stringMatching(
        /^spans do not reach http:\/\/127\.0\.0\.1:\d+ and are dropped: [^\n]*ECONNREFUSED/,
      ),
    ]);
});

test('a collector that takes the connection and says nothing holds up nobody', async () => {
  const silent = net.createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const sockets = new Set<net.Socket>();
  silent.on('connection', (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const { port } = silent.address() as net.AddressInfo;
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const agent = await telemetry(`http://127.0.0.1:${port}`, clock, () => undefined);
  await recover(new RunLog({ store: memoryJournal(), target: shopCluster }, clock, agent.listener), clock);
  const before = performance.now();
  await agent.close();
  expect(performance.now() - before).toBeLessThan(5000);
});
