import type { Looked } from '../../domain/looked.ts';
import type { DatabaseFacts } from '../../domain/observation.ts';
import type { Fact } from '../finding.ts';
import type { ProductionRow } from './row.ts';

interface Judged {
  readonly state: ProductionRow['state'];
  readonly sentence: string;
  readonly facts: readonly Fact[];
}

function standbyFacts({ members }: DatabaseFacts): readonly Fact[] {
  return members.flatMap(({ pod, standby }) => {
    if (standby === undefined) return [];
    const value = standby.looked
      ? `${standby.value.receives ? 'receives WAL' : 'receives no WAL'}, ${standby.value.behindBytes} bytes behind`
      : `could not look: ${standby.why}`;
    return [{ object: `Pod ${pod}`, field: 'pg_stat_wal_receiver', value }];
  });
}

function judge(database: DatabaseFacts): Judged {
  const { cluster, replication } = database;
  const standbys = standbyFacts(database);
  if (!replication.looked)
    return {
      state: 'unknown',
      sentence: `${cluster}: could not look: ${replication.why}`,
      facts: [
        { object: `database ${cluster}`, field: 'replication', value: `could not look: ${replication.why}` },
        ...standbys,
      ],
    };
  const { wantsSynchronous, synchronousStandbyNames } = replication.value;
  const follows = database.members.some(({ standby }) => standby?.looked === true && standby.value.receives);
  const inForce = synchronousStandbyNames !== '' && follows;
  const facts = [
    { object: `database ${cluster}`, field: 'synchronous_mode (Patroni)', value: String(wantsSynchronous) },
    {
      object: `database ${cluster}`,
      field: 'synchronous_standby_names (primary)',
      value: synchronousStandbyNames || '(empty)',
    },
    ...standbys,
  ];
  if (inForce)
    return {
      state: 'yes',
      sentence: `${cluster}: a commit waits for ${synchronousStandbyNames}, and a standby receives`,
      facts,
    };
  return {
    state: 'no',
    sentence: wantsSynchronous
      ? `${cluster}: it is wanted and not in force: a commit waits for nobody`
      : `${cluster}: it is not wanted: what the primary has acknowledged last may be lost with it`,
    facts,
  };
}

const worst: readonly ProductionRow['state'][] = ['no', 'unknown', 'partly', 'yes'];

/** Synchronous replication as it is in force, not as it is wished (Patroni, Replication modes). Both copies are on one disk here. */
export function replicationRow(databases: Looked<readonly DatabaseFacts[]>): ProductionRow {
  const head = {
    id: 'synchronous-replication',
    question: 'Is synchronous replication in force?',
    next: '`rekindle diagnose`',
  };
  if (!databases.looked)
    return {
      ...head,
      state: 'unknown',
      answer: `Could not look: ${databases.why}.`,
      evidence: [{ object: databases.from, field: 'answer', value: databases.why }],
    };
  if (databases.value.length === 0)
    return {
      ...head,
      state: 'unknown',
      answer: 'No database of a kind that can be asked was found in this stack.',
      evidence: [{ object: databases.from, field: 'databases', value: '0' }],
    };
  const judged = databases.value.map((database) => judge(database));
  const state = worst.find((entry) => judged.some((row) => row.state === entry)) ?? 'unknown';
  return {
    ...head,
    state,
    answer: `${judged.map(({ sentence }) => sentence).join('. ')}.`,
    evidence: judged.flatMap(({ facts }) => facts),
  };
}
