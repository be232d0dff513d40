import { describe, expect, it } from 'vitest';

import type { StoredEvent } from '../../domain/journal-event.ts';
import { couldNotLook, saw } from '../../domain/looked.ts';
import type { DatabaseFacts, StandbyFacts } from '../../domain/observation.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { production, snapshotOf } from '../../../test/fakes/readiness.ts';
import { now } from '../../../test/fakes/readiness-objects.ts';
import { changed, soundShop } from '../../../test/fakes/sound-shop.ts';
import { runChecks } from '../run-checks.ts';
import { worldOf } from '../world/world.ts';
import type { ProvenRestore, RestoreFacts } from '../last-proven-restore.ts';
import type { AgentFacts } from './agent-row.ts';
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

const shopBackup: ProvenRestore = {
  at: now - 5 * hour,
  takenAt: now - 6 * hour,
  backup: 'shop-1',
  place: 's3://backups/shop',
  disk: 'elsewhere',
  bytes: 2 ** 20,
  verifySeconds: 12,
  leftOut: [],
};
const restored = (changes: Partial<ProvenRestore> = {}, facts: Partial<RestoreFacts> = {}) =>
  rows({
    restore: saw(
      { places: ['/b'], newer: [], unseen: [], proven: { ...shopBackup, ...changes }, ...facts },
      'places of backups',
      now,
    ),
  })['last-proven-restore'];

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

  it('does not count the stability window after the proof', () => {
    const [started, opened, ended] = run('w', 40, hour);
    const written = { type: 'write-verified' as const, run: 'w', id: 'x', count: 2, seq: 2 };
    const closed = {
      type: 'finding-closed' as const,
      run: 'w',
      seq: 2,
      at: now,
      fault: 'x',
      object: 'Node n',
    };
    if (started === undefined || opened === undefined || ended === undefined) throw new Error('no run');
    const at = started.at + 25_000;
    const events = [started, opened, { ...closed, at }, { ...written, at }, { ...ended, at: at + 15_000 }];
    expect(rows({ events: saw(events, 'journal', now) })['recovery-time']?.answer).toContain('p95 25 s');
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
    expect(restored()).toMatchObject({ state: 'yes' });
    expect(restored()?.answer).toContain('5 h ago: shop-1 (1.0 MiB) was restored and compared in 12 s.');
  });

  it.each<[string, Partial<ProvenRestore>, Partial<RestoreFacts>, string]>([
    [
      'its data are old, however new the proof',
      { takenAt: now - 9 * 24 * hour },
      {},
      'Its data are 9 days old',
    ],
    ['it lies on the same disk', { disk: 'same' }, {}, 'on the very disk'],
    ['nobody knows on which disk it lies', { disk: 'unknown' }, {}, 'is not known'],
    [
      'a newer one is bad',
      {},
      { newer: [{ backup: 'shop-2', is: 'bad' }] },
      'shop-2, which is newer, is BAD.',
    ],
    [
      'something is not in it',
      { leftOut: ['uploads: no such pod'] },
      {},
      '1 thing of the stack is not in it.',
    ],
  ])('is partly an answer when %s', (_why, changes, found, words) => {
    expect(restored(changes, found)).toMatchObject({ state: 'partly' });
    expect(restored(changes, found)?.answer).toContain(words);
  });

  it('is an answer also where a newer one was not examined yet, and on another disk', () => {
    expect(restored({ disk: 'other' }, { newer: [{ backup: 'shop-2', is: 'not proven' }] })).toMatchObject({
      state: 'yes',
    });
  });

  it('is no when there is none, with the command that changes it', () => {
    expect(rows()['last-proven-restore']).toMatchObject({ state: 'no', command: 'rekindle backup create' });
    const newer = [{ backup: 'shop-2', is: 'not proven' }] as const;
    const row = rows({ restore: saw({ places: ['/b'], newer, unseen: [] }, 'places', now) })[
      'last-proven-restore'
    ];
    expect(row).toMatchObject({ state: 'no', command: 'rekindle backup verify' });
  });

  it('is unknown when nobody could look, or not into every place', () => {
    const row = rows({ restore: couldNotLook('the key cannot be read', 'key', now) })['last-proven-restore'];
    expect(row).toMatchObject({ state: 'unknown' });
    expect(row?.answer).toContain('Could not look: the key cannot be read.');
    const unseen = [{ place: 's3://far/away', why: 'no route' }];
    expect(
      rows({ restore: saw({ places: ['/b'], newer: [], unseen }, 'places', now) })['last-proven-restore'],
    ).toMatchObject({ state: 'unknown', answer: 'Could not look into s3://far/away: no route.' });
    expect(restored({}, { unseen })).toMatchObject({ state: 'yes' });
  });
});

describe('synchronous replication', () => {
  it('is in force only when the primary waits and a standby receives', () => {
    expect(replicationRow(database(facts(true, 'db-1')))).toMatchObject({ state: 'yes' });
    expect(replicationRow(database(facts(true, 'db-1'), false))).toMatchObject({ state: 'no' });
    expect(replicationRow(database(facts(true, '')))?.answer).toContain('wanted and not in force');
    const unwished = replicationRow(database(facts(false, '')));
    expect(unwished?.answer).toContain('it is not wanted');
    expect(unwished?.command).toBe(
      `kubectl -n shop patch postgresql db --type merge --patch '{"spec":{"patroni":{"synchronous_mode":true}}}'`,
    );
  });

  it('is not in force when another one receives than the one that is waited for', () => {
    const row = replicationRow(database(facts(true, 'db-10')));
    expect(row).toMatchObject({ state: 'no' });
    expect(row?.answer).toContain('none of those receives: writes hang');
    expect(replicationRow(database(facts(true, 'ANY 1 ("db-1","db-2")')))).toMatchObject({ state: 'yes' });
    expect(replicationRow(database(facts(true, '*')))).toMatchObject({ state: 'yes' });
  });

  it('is unknown while a standby has not answered', () => {
    const silent = {
      ...database(facts(true, 'db-1')),
      members: [{ pod: 'db-1', standby: couldNotLook<StandbyFacts>('no answer yet', 'SQL', now) }],
    };
    expect(replicationRow(silent)).toMatchObject({ state: 'unknown' });
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

const whoActs = (last: AgentFacts['last'], startsAtBoot: AgentFacts['startsAtBoot']) =>
  rows({ agent: { last, startsAtBoot } })['unattended'];

describe('somebody who acts after a boot', () => {
  const [starts, doesNot] = [saw(true, 'systemd', now), saw(false, 'systemd', now)];

  it('is there when an agent runs and is started at a boot', () => {
    expect(whoActs(agent(true), starts)).toMatchObject({ state: 'yes' });
    expect(whoActs(agent(true), doesNot)).toMatchObject({ state: 'partly' });
    expect(whoActs(agent(false), starts)).toMatchObject({ state: 'no', command: 'rekindle service install' });
    expect(rows()['unattended']).toMatchObject({ state: 'no' });
  });

  it('is unknown when nobody could look', () => {
    expect(whoActs(agent(true), couldNotLook('no systemd', 'systemd', now))).toMatchObject({
      state: 'unknown',
    });
    expect(whoActs(couldNotLook('x', 'agent', now), starts)).toMatchObject({ state: 'unknown' });
  });
});
