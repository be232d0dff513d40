import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test, type TestContext } from 'vitest';
import { parse } from 'yaml';

import { runCommand } from '../../lab/command.ts';
import type { Pass } from '../../src/app/run-log.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { JournalEvent } from '../../src/domain/journal-event.ts';
import { createTelemetry } from '../../src/telemetry/index.ts';
import { defaultListen } from '../../src/telemetry/listen-address.ts';
import { freePort } from '../fakes/free-port.ts';
import { healthy } from '../fakes/observation.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { debianProgram, type Found, goProgram } from './from-registries.ts';
import { type PrometheusServer, startPrometheus } from './prometheus-server.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const rulesFile = path.join(root, 'deploy/prometheus/rekindle.rules.yaml');
const testsFile = path.join(root, 'deploy/prometheus/rekindle.rules.test.yaml');

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}
interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly object[];
    }[];
  }[];
}
interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly instant: boolean }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly templating: { readonly list: readonly { readonly type: string; readonly definition?: string }[] };
}

const rules = (parse(read('deploy/prometheus/rekindle.rules.yaml')) as Rules).groups.flatMap(
  (group) => group.rules,
);
const dashboard = JSON.parse(read('deploy/grafana/rekindle.json')) as Dashboard;

let prometheus: Found;
let promtool: Found;

beforeAll(async () => {
  prometheus = await debianProgram('prometheus', 'usr/bin/prometheus');
  promtool = await debianProgram('prometheus', 'usr/bin/promtool');
}, 300_000);

/** The program, or the end of the test where there is none. */
function programOr(context: TestContext, found: Found): string {
  skipWhen(context, found.lacking);
  return found.file ?? '';
}

const target = { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1' };

/** One that was proven an hour ago, by a schedule. */
const backups = {
  state: {
    context: 'k3d-shop',
    stack: 'shop',
    place: '/backups',
    endedAt: Date.now(),
    outcome: 'proven' as const,
    stored: { id: '1', at: Date.now(), bytes: 1e6, seconds: 10 },
    proven: { id: '1', at: Date.now() - 3_600_000, verifySeconds: 20 },
  },
  schedule: { everySeconds: 86_400, since: 0 },
};

/** An agent whose metrics can be fetched, and its address. */
async function agent() {
  const listen = `127.0.0.1:${await freePort()}`;
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const telemetry = await createTelemetry({
    version: '0.1.0',
    stack: () => 'shop',
    clock,
    listen,
    backups: () => backups,
    longestSilenceMs: 60_000,
    environment: {},
    tell: (line) => expect.unreachable(line),
  });
  onTestFinished(() => telemetry.close());
  let seq = 0;
  const store = (event: JournalEvent) =>
    telemetry.listener.stored({ ...event, seq: (seq += 1), at: Date.now() });
  return { listen, telemetry, store };
}
type Agent = Awaited<ReturnType<typeof agent>>;

function pass(kind: Finding['kind'], isNeeded: boolean): Pass {
  const fault = 'pooler-refuses-logins';
  const finding = {
    fault,
    layer: 'pooler',
    object: target,
    claim: '',
    kind,
    evidence: [],
    causedBy: [],
  } as const;
  const task = { fault, target, reason: '', byHand: '' };
  const plan = { steps: [], refusals: [], tasks: isNeeded ? [task] : [], waits: [], hopes: [] };
  return { observation: healthy(), findings: [finding], plan };
}

/** A recovery with one step that fails twice, a refusal, and a person who is needed in the end. */
function live({ telemetry, store }: Agent): void {
  const run = 'r1';
  const step = {
    step: 'nudge-pooler',
    target,
    risk: 'safe',
    because: 'pooler-refuses-logins',
    reason: '',
    provenBy: '',
    undo: '',
    evidenceAt: 0,
    parameters: {},
  } as const;
  store({ type: 'run-started', run, command: 'watch', context: 'k3d-shop', version: '0.1.0' });
  const [finding] = pass('broken', false).findings;
  if (finding !== undefined) store({ type: 'finding-opened', run, finding });
  for (const action of ['a', 'b']) {
    store({ type: 'step-intended', run, action, step });
    store({ type: 'step-acted', run, action, acted: 'failed', detail: '' });
  }
  const refusal = {
    guard: 'budget-spent',
    step: 'nudge-pooler',
    target,
    reason: '',
    advice: '',
    kind: 'human',
  } as const;
  store({ type: 'step-refused', run, refusal });
  const verdict = { state: 'healthy', proven: 'verified', wanted: 'verified', sentence: '', at: 0 } as const;
  store({ type: 'run-ended', run, verdict, seconds: 33 });
  telemetry.passed(pass('notice', true));
}

/** The rest of the configuration is the piece that the documentation gives. */
function documentedScrape(address: string): readonly object[] {
  const [, yaml = ''] = /```yaml\n(scrape_configs:[\s\S]*?)```/.exec(read('docs/metrics.md')) ?? [];
  expect(yaml).toContain(defaultListen);
  return (parse(yaml.replace(defaultListen, address)) as { scrape_configs: readonly object[] })
    .scrape_configs;
}

/** What Grafana puts in the place of its variables. */
function asAsked(expression: string): string {
  return expression
    .replaceAll('$__rate_interval', '20s')
    .replaceAll('$__range', '1m')
    .replaceAll(/\$(?:stack|instance)\b/g, '.*');
}

test('promtool finds nothing to say about the metrics', async (context) => {
  const program = programOr(context, promtool);
  const own = await agent();
  live(own);
  const text = await (await fetch(`http://${own.listen}/metrics`)).text();
  expect(text).toContain('rekindle_actions_total{step="nudge-pooler",acted="failed"');
  const checked = await runCommand([program, 'check', 'metrics'], { input: text });
  expect(checked).toEqual({ stdout: '', stderr: '', exitCode: 0 });
});

describe('the alert rules', () => {
  test('are good for promtool', async (context) => {
    const program = programOr(context, promtool);
    const checked = await runCommand([program, 'check', 'rules', '--lint-fatal', rulesFile]);
    expect(checked, checked.stderr).toMatchObject({ exitCode: 0 });
    expect(checked.stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  test('fire when they should and not otherwise', { timeout: 120_000 }, async (context) => {
    const program = programOr(context, promtool);
    const tested = await runCommand([program, 'test', 'rules', testsFile]);
    expect(tested, `${tested.stdout}${tested.stderr}`).toMatchObject({ exitCode: 0 });
    const cases = (parse(read('deploy/prometheus/rekindle.rules.test.yaml')) as RuleTests).tests.flatMap(
      ({ alert_rule_test: own }) => own,
    );
    for (const { alert } of rules) {
      const own = cases.filter(({ alertname }) => alertname === alert);
      expect(
        own.some(({ exp_alerts: alerts }) => alerts.length > 0),
        `${alert} fires`,
      ).toBe(true);
      expect(
        own.some(({ exp_alerts: alerts }) => alerts.length === 0),
        `${alert} does not fire`,
      ).toBe(true);
    }
  });
});

/** A Prometheus that has read this agent before and after something happened. */
async function watched(context: TestContext): Promise<PrometheusServer> {
  const program = programOr(context, prometheus);
  const own = await agent();
  own.telemetry.passed(pass('settling', false));
  const server = await startPrometheus(program, {
    global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '500ms' },
    rule_files: [rulesFile],
    scrape_configs: documentedScrape(own.listen),
  });
  const poll = { timeout: 20_000 };
  const found = (query: string) => async () => (await server.query(query)).length;
  await expect.poll(found('count_over_time(rekindle_build_info[1m]) >= 2'), poll).toBe(1);
  live(own);
  const after = 'count_over_time((rekindle_last_recovery_seconds > 0)[1m:500ms]) >= 3';
  await expect.poll(found(after), poll).toBe(1);
  return server;
}

describe('a Prometheus that reads the agent', { timeout: 120_000 }, () => {
  test('answers each query of the dashboard', async (context) => {
    const server = await watched(context);
    const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
      targets.map((one) => ({ title, ...one })),
    );
    expect(queries.length).toBeGreaterThan(15);
    for (const { title, expr, instant } of queries) {
      const ask = instant ? server.query : server.queryRange;
      expect((await ask(asAsked(expr))).length, `${title}: ${expr}`).toBeGreaterThan(0);
    }
    for (const { expr } of dashboard.annotations.list)
      expect((await server.queryRange(asAsked(expr))).length, expr).toBeGreaterThan(0);
    for (const { definition } of dashboard.templating.list.filter(({ type }) => type === 'query')) {
      const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition ?? '') ?? [];
      const values = await server.get<readonly string[]>(`label/${label}/values`, {
        'match[]': asAsked(selector),
      });
      expect(values, definition).toHaveLength(1);
    }
  });

  test('takes the rules, and sees by them what happened', async (context) => {
    const server = await watched(context);
    const names = new Set(await server.get<readonly string[]>('label/__name__/values'));
    for (const { alert, expr } of rules)
      for (const [name] of expr.matchAll(/rekindle_[a-z_]+/g))
        expect(names, `${alert} asks for ${name}`).toContain(name);

    interface Loaded {
      readonly groups: readonly {
        readonly rules: readonly { readonly name: string; readonly health: string; readonly state: string }[];
      }[];
    }
    const states = async () => {
      const { groups } = await server.get<Loaded>('rules');
      return groups
        .flatMap((group) => group.rules)
        .map(({ name, health, state }) => `${name} ${health} ${state}`);
    };
    await expect.poll(states, { timeout: 20_000 }).toEqual([
      'RekindleStackNotUsable ok inactive',
      'RekindleStackUnknown ok inactive',
      // One minute has to pass first.
      'RekindleNeedsHuman ok pending',
      'RekindleNotLooking ok inactive',
      'RekindleProofTooOld ok inactive',
      'RekindleActionsFailing ok firing',
      'RekindlePausedForLong ok inactive',
      'RekindleBackupOverdue ok inactive',
      'RekindleBackupNotProven ok inactive',
    ]);
  });
});

test('the dashboard is what Grafana publishes as the type of one', { timeout: 600_000 }, async (context) => {
  const program = programOr(context, await goProgram('dashboard-schema'));
  const file = path.join(root, 'deploy/grafana/rekindle.json');
  expect(await runCommand([program, file])).toEqual({ stdout: '', stderr: '', exitCode: 0 });
});
