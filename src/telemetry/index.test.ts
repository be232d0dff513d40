import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';

import { freePort } from '../../test/fakes/free-port.ts';
import { healthy } from '../../test/fakes/observation.ts';
import { createTelemetry, type TelemetryOptions } from './index.ts';

const nothing = { steps: [], refusals: [], tasks: [], waits: [], hopes: [] };
const pass = { observation: healthy(), findings: [], plan: nothing };

async function takenPort(): Promise<number> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Telemetry of an agent whose time goes on when it is told to, and the lines that it tells. */
async function start(changes: Partial<TelemetryOptions>) {
  let time = 0;
  const told: string[] = [];
  const telemetry = await createTelemetry({
    version: '1.2.3',
    stack: () => 'shop',
    clock: { now: () => 1_000_000 + time, monotonic: () => time },
    longestSilenceMs: 300_000,
    environment: {},
    tell: (line) => told.push(line),
    ...changes,
  });
  onTestFinished(() => telemetry.close());
  return { telemetry, told, pass: (seconds: number) => (time += seconds * 1000) };
}

async function get(listen: string, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://${listen}${path}`);
  return { status: response.status, body: await response.text() };
}

describe('the telemetry of an agent', () => {
  test('says whether the loop looks, from its start on', async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    const agent = await start({ listen });
    agent.pass(300);
    expect(await get(listen, '/healthz')).toEqual({
      status: 200,
      body: 'ok: no look yet since the start 300 s ago (at most 300 s)\n',
    });
    agent.pass(1);
    expect(await get(listen, '/healthz')).toMatchObject({ status: 503 });
    agent.telemetry.looked('unknown');
    agent.pass(300);
    expect(await get(listen, '/healthz')).toMatchObject({ status: 200 });
    agent.pass(1);
    expect(await get(listen, '/healthz')).toEqual({
      status: 503,
      body: 'not looking: the last look ended 301 s ago (at most 300 s)\n',
    });
    agent.telemetry.passed(pass);
    expect(await get(listen, '/healthz')).toMatchObject({ status: 200 });
    expect(agent.told).toEqual([]);
  });

  test('brings what it is told to the metrics', async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    const { telemetry } = await start({ listen });
    telemetry.looked('healthy');
    telemetry.paused(true);
    telemetry.needsHuman('five recoveries did not bring it back');
    telemetry.proven();
    telemetry.listener.stored({ type: 'write-verified', run: 'r', id: 'w', count: 1, seq: 1, at: 0 });
    telemetry.listener.said('a line');
    const { body } = await get(listen, '/metrics');
    for (const sample of [
      'rekindle_build_info{version="1.2.3",stack="shop"} 1',
      'rekindle_stack_usable{stack="shop"} 1',
      'rekindle_paused{stack="shop"} 1',
      'rekindle_needs_human{stack="shop"} 1',
      'rekindle_last_proof_timestamp_seconds{stack="shop"} 1000',
    ])
      expect(body).toContain(`\n${sample}\n`);
  });

  test.each<[string, () => Promise<Partial<TelemetryOptions>>, RegExp]>([
    [
      'its port is taken',
      async () => ({ listen: `127.0.0.1:${await takenPort()}` }),
      /^Metrics are not served.*EADDRINUSE/,
    ],
    [
      'a project wants it to be reached by others',
      () => Promise.resolve({ listen: '0.0.0.0:19464' }),
      /^Metrics cannot be served.*your own configuration/,
    ],
    [
      'the collector has no address',
      () => Promise.resolve({ listen: 'off', environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'here' } }),
      /^Spans are not sent.*OTEL_EXPORTER_OTLP_ENDPOINT=here/,
    ],
  ])('goes on when %s, and says it in one line', async (_name, changes, line) => {
    const { telemetry, told } = await start(await changes());
    expect(told).toEqual([expect.stringMatching(line)]);
    expect(told[0]).not.toContain('\n');
    telemetry.listener.stored({ type: 'write-verified', run: 'r', id: 'w', count: 1, seq: 1, at: 0 });
    telemetry.listener.passed(pass);
    await expect(telemetry.close()).resolves.toBeUndefined();
  });

  test('serves nothing when it is told not to, and is in no journal outside of systemd', async () => {
    const { telemetry, told } = await start({ listen: 'off' });
    expect(told).toEqual([]);
    expect(telemetry.isInJournal).toBe(false);
  });
});
