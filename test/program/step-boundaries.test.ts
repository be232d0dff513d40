import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, test } from 'vitest';

import {
  actionBoundaries,
  type Boundary,
  boundaryEnv,
  boundaryText,
  proofBoundaries,
} from '../../bench/rig/boundary.ts';
import { bundle } from '../../scripts/bundle.ts';
import { runningShop, type RunningShop } from '../fakes/running-shop.ts';

beforeAll(async () => {
  await bundle();
});

const boundaries = [...actionBoundaries(), ...proofBoundaries];

/** So many runs at once keep two processors busy without making anybody miss a deadline. */
const atOnce = 5;

/** Does it at every boundary, each in a shop of its own; a failure says where. */
async function atEveryBoundary(
  work: (boundary: Boundary, shop: RunningShop) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < boundaries.length; from += atOnce) {
    await Promise.all(
      boundaries.slice(from, from + atOnce).map(async (boundary) => {
        const shop = await runningShop({ isShunned: true });
        try {
          await work(boundary, shop);
        } catch (cause) {
          throw new Error(`${boundaryText(boundary)}: ${String(cause)}`, { cause });
        }
      }),
    );
  }
}

/** What SQLite says of the journal, and the types of its events, oldest first. */
function journalOf({ journal }: RunningShop): {
  readonly check: unknown;
  readonly types: readonly unknown[];
} {
  const database = new DatabaseSync(journal, { readOnly: true });
  const check = database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
  const rows = database.prepare('SELECT type FROM events ORDER BY seq').all();
  database.close();
  return { check, types: rows.map(({ type }) => type) };
}

/** The journal is whole and can be read, and the next run brings the shop back and acts at most once more. */
async function expectNothingLost(shop: RunningShop): Promise<void> {
  expect(journalOf(shop).check).toBe('ok');
  const history = await shop.start(['history', '--json']).ended;
  expect(history.code).toBe(0);
  expect(JSON.parse(history.stdout)).toMatchObject({ schema: 'rekindle.dev/v1alpha1/history' });

  const next = await shop.start().ended;

  expect(next, next.stderr).toMatchObject({ code: 0, signal: null });
  expect(JSON.parse(next.stdout)).toMatchObject({ verdict: { state: 'healthy', proven: 'verified' } });
  expect(shop.reloads()).toBeGreaterThan(0);
  expect(shop.reloads()).toBeLessThanOrEqual(2);
  expect(new Set(shop.orders).size).toBe(shop.orders.length);
  const { types } = journalOf(shop);
  // Every intent has an outcome, if only that nobody heard it.
  const count = (wanted: string) => types.filter((type) => type === wanted).length;
  expect(count('step-acted')).toBe(count('step-intended'));
}

test('SIGKILL at every boundary of a step loses nothing', { timeout: 120_000 }, async () => {
  await atEveryBoundary(async (boundary, shop) => {
    const deed = { do: 'signal', signal: 'SIGKILL' } as const;
    const killed = await shop.start(['up', '--json'], boundaryEnv(boundary, deed)).ended;
    expect(killed, killed.stderr).toMatchObject({ signal: 'SIGKILL' });
    const last = journalOf(shop).types.at(-1);
    expect(last === boundary.event, `the last event is ${String(last)}`).toBe(boundary.side === 'after');
    await expectNothingLost(shop);
  });
});

test(
  'SIGTERM or Ctrl-C at every boundary ends with 130 and loses nothing',
  { timeout: 120_000 },
  async () => {
    await atEveryBoundary(async (boundary, shop) => {
      const signal = boundary.side === 'before' ? 'SIGTERM' : 'SIGINT';
      const deed = { do: 'signal', signal } as const;
      const ended = await shop.start(['up', '--json'], boundaryEnv(boundary, deed)).ended;
      expect(ended.signal).toBeNull();
      expect(JSON.parse(ended.stdout)).toMatchObject({ schema: 'rekindle.dev/v1alpha1/up' });
      // After its last record a run has nothing left that could be interrupted: it may say either.
      const isLast = boundary.event === 'run-ended';
      expect(isLast ? [0, 130] : [130], ended.stderr).toContain(ended.code);
      const words = ended.code === 130 ? `interrupted by ${signal}; run the command again` : '';
      expect(ended.stderr).toContain(words);
      await expectNothingLost(shop);
    });
  },
);

test(
  'a second run waits for nobody: it says who is at work, and the lock of a killed one is free',
  { timeout: 60_000 },
  async () => {
    const shop = await runningShop({ isShunned: true });
    const boundary = { side: 'after', event: 'step-intended', nth: 1 } as const;
    const first = shop.start(['up'], boundaryEnv(boundary, { do: 'signal', signal: 'SIGSTOP' }));
    await expect.poll(() => journalOf(shop).types.at(-1), { timeout: 20_000 }).toBe('step-intended');

    const second = await shop.start().ended;
    expect(second).toMatchObject({ code: 1 });
    expect(JSON.parse(second.stdout)).toMatchObject({ error: { kind: 'AnotherAtWork' }, exitCode: 1 });
    expect(second.stderr).toMatch(
      new RegExp(`Another rekindle is at work.*process ${first.child.pid}.*Wait for it, or end it first`),
    );

    first.child.kill('SIGKILL');
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL' });
    expect(await shop.start().ended).toMatchObject({ code: 0 });
    expect(shop.reloads()).toBe(1);
  },
);
