import { describe, expect, it } from 'vitest';

import type { StoredEvent } from '../../domain/journal-event.ts';
import { couldNotLook, saw } from '../../domain/looked.ts';
import type { DatabaseFacts } from '../../domain/observation.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { production, snapshotOf } from '../../../test/fakes/readiness.ts';
import { now } from '../../../test/fakes/readiness-objects.ts';
import { changed, soundShop } from '../../../test/fakes/sound-shop.ts';
import { runChecks } from '../run-checks.ts';
import { worldOf } from '../world/world.ts';
import { nearestRank } from './recoveries.ts';
import { productionRows, type ProductionInput } from './rows.ts';

const hour = 3_600_000;

function rows(changes: Partial<ProductionInput> = {}, snapshot = snapshotOf(soundShop())) {
  const checked = runChecks(snapshot, worldOf(snapshot));
  const made = productionRows({ ...production(), at: now, checked, ...changes });
  return Object.fromEntries(made.map((row) => [row.id, row]));
}

const verdict: Verdict = {
  state: 'healthy',
  proven: 'verified',
  wanted: 'verified',
  sentence: 'ok',
  at: now,
};

function run(
  id: string,
  seconds: number,
  ago: number,
  changes: { command?: string; context?: string; verdict?: Partial<Verdict>; idle?: true } = {},
): readonly StoredEvent[] {
  const { command = 'up', context = 'k3d-shop', verdict: other = {}, idle } = changes;
  const at = now - ago;
  return [
    { type: 'run-started', run: id, command, context, version: '1', seq: 1, at },
    ...(idle === undefined
      ? [
          {
            type: 'finding-opened' as const,
            run: id,
            seq: 2,
            at,
            finding: {
              fault: 'x',
              layer: 'node' as const,
              object: { kind: 'Node', name: 'n' },
              claim: 'x',
              kind: 'broken' as const,
              evidence: [],
              causedBy: [],
            },
          },
        ]
      : []),
    { type: 'run-ended', run: id, verdict: { ...verdict, ...other }, seconds, seq: 3, at },
  ];
}

const proven = (ago: number) =>
  saw({ at: now - ago, backup: 'shop-1', bytes: 2 ** 20, verifySeconds: 12 }, 'backups', now);

const database = (replication: DatabaseFacts['replication'], receives = true): DatabaseFacts => ({
  namespace: 'shop',
  cluster: 'db',
  members: [{ pod: 'db-1', standby: saw({ receives, behindBytes: 0 }, 'SQL', now) }],
  primary: saw({ pod: 'db-0', inRecovery: false }, 'SQL', now),
  replication,
});
const facts = (wantsSynchronous: boolean, synchronousStandbyNames: string) =>
  saw({ wantsSynchronous, synchronousStandbyNames, maximumLagBytes: 1 }, 'SQL', now);
const replicationRow = (...databases: readonly DatabaseFacts[]) =>
  rows({ databases: saw(databases, 'SQL', now) })['synchronous-replication'];

const agent = (lives: boolean) => saw({ lives, says: 'usable', at: now }, 'agent', now);

describe('recoveries', () => {
  it('takes the 95th percentile of the proven ones of this context', () => {
    const events = Array.from({ length: 20 }, (_, index) => run(`r${index}`, 20 + index, hour)).flat();
    const other = run('elsewhere', 900, hour, { context: 'other' });
    const row = rows({ events: saw([...events, ...other], 'journal', now) })['recovery-time'];
    expect(row).toMatchObject({ state: 'yes' });
    expect(row?.answer).toContain('20 of 20 recoveries proven');
    expect(row?.answer).toContain('p50 29 s, p95 38 s.');
  });

  it('says that of few the 95th percentile is the slowest', () => {
    const events = [...run('a', 30, hour), ...run('b', 50, hour)];
    const row = rows({ events: saw(events, 'journal', now) })['recovery-time'];
    expect(row).toMatchObject({ state: 'partly' });
    expect(row?.answer).toContain('p95 50 s: with 2 that is the slowest of them.');
  });

  it('counts no run that found nothing to recover, and none that was not proven', () => {
    const events = [
      ...run('idle', 1, hour, { idle: true }),
      ...run('bad', 240, hour, { verdict: { state: 'broken', proven: 'none' } }),
    ];
    const row = rows({ events: saw(events, 'journal', now) })['recovery-time'];
    expect(row).toMatchObject({ state: 'no' });
    expect(row?.answer).toContain('0 of 1 recovery proven');
  });

  it('has none where there are none, and could not look where it could not', () => {
    expect(rows()['recovery-time']).toMatchObject({ state: 'no' });
    const blind = rows({ events: couldNotLook('no database', 'journal', now) });
    expect(blind['recovery-time']).toMatchObject({ state: 'unknown' });
    expect(blind['last-drill']).toMatchObject({ state: 'unknown' });
  });

  it('knows a drill by its command, and how old it is', () => {
    const of = (ago: number) =>
      rows({ events: saw(run('d', 40, ago, { command: 'drill plain-cut' }), 'journal', now) })['last-drill'];
    expect(of(hour)).toMatchObject({ state: 'yes' });
    expect(of(40 * 24 * hour)).toMatchObject({ state: 'partly' });
    expect(rows({ events: saw(run('u', 40, hour), 'journal', now) })['last-drill']).toMatchObject({
      state: 'no',
    });
  });

  it('takes the nearest rank', () => {
    expect(nearestRank([], 0.95)).toBeUndefined();
    expect(nearestRank([3, 1, 2], 0.5)).toBe(2);
    expect(nearestRank([1, 2, 3, 4], 1)).toBe(4);
  });
});

describe('the last proven restore', () => {
  it('is told with its age, size and time', () => {
    const row = rows({ restore: proven(5 * hour) })['last-proven-restore'];
    expect(row).toMatchObject({ state: 'yes' });
    expect(row?.answer).toContain('5 h ago: shop-1 (1.0 MiB) was restored and compared in 12 s.');
  });

  it('is partly an answer when it is old', () => {
    expect(rows({ restore: proven(60 * 24 * hour) })['last-proven-restore']).toMatchObject({
      state: 'partly',
    });
  });

  it('is no when there is none, and unknown when nobody could look', () => {
    expect(rows()['last-proven-restore']).toMatchObject({ state: 'no' });
    const row = rows({ restore: couldNotLook('the folder cannot be read', 'backups', now) })[
      'last-proven-restore'
    ];
    expect(row).toMatchObject({ state: 'unknown' });
    expect(row?.answer).toContain('Could not look: the folder cannot be read.');
  });
});

describe('synchronous replication', () => {
  it('is in force only when the primary waits and a standby receives', () => {
    expect(replicationRow(database(facts(true, 'db-1')))).toMatchObject({ state: 'yes' });
    expect(replicationRow(database(facts(true, 'db-1'), false))).toMatchObject({ state: 'no' });
    expect(replicationRow(database(facts(true, '')))?.answer).toContain('wanted and not in force');
    expect(replicationRow(database(facts(false, '')))?.answer).toContain('it is not wanted');
  });

  it('is as good as the worst database, and unknown is not yes', () => {
    const unknown = database(couldNotLook('no login', 'SQL', now));
    expect(replicationRow(database(facts(true, 'db-1')), unknown)).toMatchObject({ state: 'unknown' });
    expect(replicationRow(database(facts(true, '')), unknown)).toMatchObject({ state: 'no' });
    expect(replicationRow()).toMatchObject({ state: 'unknown' });
    expect(rows()['synchronous-replication']).toMatchObject({ state: 'unknown' });
  });
});

describe('rows that stand on findings', () => {
  it('are yes when the checks judged and found nothing', () => {
    expect(rows()['probes']).toMatchObject({ state: 'yes' });
    expect(rows()['recreation']).toMatchObject({ state: 'yes' });
  });

  it('are no with a finding', () => {
    const objects = changed('PersistentVolumeClaim', 'data-db-0', { status: { phase: 'Pending' } });
    expect(rows({}, snapshotOf(objects))['recreation']).toMatchObject({ state: 'no' });
  });

  it('are unknown when a check could not look', () => {
    const snapshot = snapshotOf(soundShop());
    const objects = {
      ...snapshot.objects,
      ResourceQuota: couldNotLook<never[]>('forbidden', 'resourcequotas', now),
    };
    const row = rows({}, { ...snapshot, objects })['recreation'];
    expect(row).toMatchObject({ state: 'unknown' });
    expect(row?.answer).toContain('resourcequotas: forbidden');
  });
});

it('knows whether somebody acts after a boot', () => {
  expect(rows({ agent: agent(true) })['unattended']).toMatchObject({ state: 'yes' });
  expect(rows({ agent: agent(false) })['unattended']).toMatchObject({ state: 'no' });
  expect(rows()['unattended']).toMatchObject({ state: 'no' });
  expect(rows({ agent: couldNotLook('x', 'agent', now) })['unattended']).toMatchObject({ state: 'unknown' });
});
