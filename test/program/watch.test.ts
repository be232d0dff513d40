import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, test, vi } from 'vitest';

import { actionBoundaries, boundaryEnv, boundaryText } from '../../bench/rig/boundary.ts';
import { bundle } from '../../scripts/bundle.ts';
import { runningShop, type Running, type RunningShop } from '../fakes/running-shop.ts';

beforeAll(async () => {
  await bundle();
});

/** The agent's own configuration: short times, and a program that is told. */
function configure({ home }: RunningShop): { readonly told: () => string } {
  const folder = path.join(home, '.config', 'rekindle');
  const out = path.join(home, 'told');
  const program = path.join(home, 'tell-me');
  mkdirSync(folder, { recursive: true });
  writeFileSync(program, `#!/bin/sh\ncat >> '${out}'\n`);
  chmodSync(program, 0o755);
  writeFileSync(out, '');
  writeFileSync(
    path.join(folder, 'agent.yaml'),
    'apiVersion: rekindle.dev/v1alpha1\nkind: Agent\n' +
      `notify: { command: ['${program}'] }\nwatch: { visitEvery: 1s, warmUp: 2s, quiet: 3s, proveEvery: 1h }\n`,
    { mode: 0o600 },
  );
  return { told: () => readFileSync(out, 'utf8') };
}

function events({ journal }: RunningShop): readonly string[] {
  const database = new DatabaseSync(journal, { readOnly: true });
  try {
    return database
      .prepare('SELECT type FROM events ORDER BY seq')
      .all()
      .map(({ type }) => String(type));
  } finally {
    database.close();
  }
}

/** Waits for something that an agent brings about. */
async function until(what: () => void, { child }: Running): Promise<void> {
  await vi.waitFor(
    () => {
      expect(child.exitCode, 'the agent has ended').toBeNull();
      what();
    },
    { timeout: 40_000, interval: 100 },
  );
}

async function end(agent: Running): Promise<void> {
  agent.child.kill('SIGTERM');
  const ended = await agent.ended;
  expect(ended, ended.stderr).toMatchObject({ code: 0, signal: null });
}

describe('rekindle watch', { timeout: 120_000 }, () => {
  test('brings the shop back at its start, says so, and again when it breaks later', async () => {
    const shop = await runningShop({ isShunned: true });
    const { told } = configure(shop);
    const agent = shop.start(['watch']);
    await until(() => expect(events(shop)).toContain('run-ended'), agent);
    expect(shop.reloads()).toBe(1);
    await until(() => expect(told()).toContain('"kind":"recovered"'), agent);
    const status = await shop.start(['status']).ended;
    expect(status.stdout).toMatch(/Agent \(process \d+\), usable since .*, last proof \d{4}-/);

    await until(() => expect(events(shop)).toContain('incident-closed'), agent);
    shop.shun();
    await until(() => expect(shop.reloads()).toBe(2), agent);
    await until(() => expect(events(shop).filter((type) => type === 'run-ended')).toHaveLength(2), agent);
    await end(agent);
    expect(events(shop).at(-1)).toBe('agent-stopped');
    const after = await shop.start(['status']).ended;
    expect(after.stdout).toMatch(/The agent does not run; last proof/);
  });

  test('acts on nothing while it is paused', async () => {
    const shop = await runningShop();
    configure(shop);
    const agent = shop.start(['watch']);
    await until(() => expect(events(shop)).toContain('incident-closed'), agent);
    const paused = await shop.start(['pause', '1h', '--reason', 'a look']).ended;
    expect(paused).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Paused until /) as string });
    shop.shun();
    await until(() => {
      const kept = readFileSync(path.join(shop.home, 'state/rekindle/agent-shop.json'), 'utf8');
      expect(kept).toMatch(/Paused until .* \(a look\); the stack is (broken|unknown)/);
    }, agent);
    expect(shop.reloads()).toBe(0);
    await shop.start(['resume']).ended;
    await until(() => expect(shop.reloads()).toBe(1), agent);
    await end(agent);
  });

  test('is alone on its cluster', async () => {
    const shop = await runningShop();
    const first = shop.start(['watch']);
    await until(() => expect(events(shop)).toContain('agent-started'), first);
    const second = await shop.start(['watch']).ended;
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/Another agent watches this cluster already: process \d+/);
    await end(first);
  });

  test('waits for an engine that is not there, and ends when it is asked to', async () => {
    const shop = await runningShop();
    const agent = shop.start(['watch'], { DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    let said = '';
    agent.child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    await until(() => expect(said).toContain('waiting: '), agent);
    await end(agent);
  });

  test('tells a mistake in its configuration at once', async () => {
    const shop = await runningShop();
    configure(shop);
    writeFileSync(
      path.join(shop.home, '.config/rekindle/agent.yaml'),
      'kind: Agent\nwatch: { quiet: never }\n',
    );
    const { code, stderr } = await shop.start(['watch']).ended;
    expect(code).toBe(64);
    expect(stderr).toMatch(
      /agent's configuration cannot be used: line 1: apiVersion.*line 2: watch\.quiet: must be a time/,
    );
  });
});

test(
  'an agent that is killed at a boundary of a step begins anew and ends in the same state',
  { timeout: 120_000 },
  async () => {
    for (const boundary of actionBoundaries()) {
      const shop = await runningShop({ isShunned: true });
      configure(shop);
      const deed = { do: 'signal', signal: 'SIGKILL' } as const;
      const killed = await shop.start(['watch'], boundaryEnv(boundary, deed)).ended;
      expect(killed.signal, boundaryText(boundary)).toBe('SIGKILL');
      const agent = shop.start(['watch']);
      await until(() => expect(events(shop)).toContain('run-ended'), agent);
      expect(shop.reloads(), boundaryText(boundary)).toBeGreaterThan(0);
      expect(shop.reloads(), boundaryText(boundary)).toBeLessThanOrEqual(2);
      const types = events(shop);
      const count = (wanted: string) => types.filter((type) => type === wanted).length;
      expect(count('step-acted')).toBe(count('step-intended'));
      await end(agent);
    }
  },
);
