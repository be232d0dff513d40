import type { Looked } from '../../domain/looked.ts';
import type { DatabaseFacts, ReplicationFacts } from '../../domain/observation.ts';
import type { Fact } from '../finding.ts';
import { couldNotAnswer, type ProductionRow, type Question } from './row.ts';

interface Judged {
  readonly state: ProductionRow['state'];
  readonly sentence: string;
  readonly facts: readonly Fact[];
  /** What to do first, where it is not to look for the reason. */
  readonly move?: Required<Pick<ProductionRow, 'next' | 'command'>>;
}

const head = {
  id: 'synchronous-replication',
  question: 'Is synchronous replication in force?',
  severity: 'high',
  next: 'See why.',
  command: 'rekindle diagnose',
} as const satisfies Question;

function standbyFacts({ members }: DatabaseFacts): readonly Fact[] {
  return members.flatMap(({ pod, standby }) => {
    if (standby === undefined) return [];
    const value = standby.looked
      ? `${standby.value.receives ? 'receives WAL' : 'receives no WAL'}, ${standby.value.behindBytes} bytes behind`
      : `could not look: ${standby.why}`;
    return [{ object: `Pod ${pod}`, field: 'pg_stat_wal_receiver', value }];
  });
}

/** Whether the primary may wait for this member: Patroni names a standby as its pod (postgresql.org, synchronous_standby_names). */
function isNamed(names: string, pod: string): boolean {
  return names.includes('*') || names.split(/[^\w.-]+/).includes(pod);
}

/** Whether one that the primary waits for receives its WAL; undefined: could not look. */
function isFollowed({ members }: DatabaseFacts, names: string): boolean | undefined {
  const named = members.filter(({ pod }) => isNamed(names, pod));
  if (named.some(({ standby }) => standby?.looked === true && standby.value.receives)) return true;
  return named.some(({ standby }) => standby?.looked === false) ? undefined : false;
}

/** How the Zalando operator is told to (postgres-operator.readthedocs.io, Cluster manifest reference, patroni). */
function wish({ namespace, cluster }: DatabaseFacts): Required<Pick<ProductionRow, 'next' | 'command'>> {
  const patch = JSON.stringify({ spec: { patroni: { synchronous_mode: true } } });
  return {
    next: 'Turn it on; every commit then waits for a standby. With the Zalando operator:',
    command: `kubectl -n ${namespace} patch postgresql ${cluster} --type merge --patch '${patch}'`,
  };
}

function verdictOf(
  database: DatabaseFacts,
  { wantsSynchronous, synchronousStandbyNames: names }: ReplicationFacts,
): Omit<Judged, 'facts'> {
  const { cluster } = database;
  if (names === '')
    return wantsSynchronous
      ? { state: 'no', sentence: `${cluster}: it is wanted and not in force: a commit waits for nobody` }
      : {
          state: 'no',
          sentence: `${cluster}: it is not wanted: what the primary has acknowledged last may be lost with it`,
          move: wish(database),
        };
  const follows = isFollowed(database, names);
  if (follows === undefined)
    return {
      state: 'unknown',
      sentence: `${cluster}: a commit waits for ${names}; whether that receives could not be looked at`,
    };
  return follows
    ? {
        state: 'yes',
        sentence: `${cluster}: a commit waits for ${names}, and a standby of that name receives`,
      }
    : {
        state: 'no',
        sentence: `${cluster}: a commit waits for ${names}, and none of those receives: writes hang`,
      };
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
  const facts = [
    { object: `database ${cluster}`, field: 'synchronous_mode (Patroni)', value: String(wantsSynchronous) },
    {
      object: `database ${cluster}`,
      field: 'synchronous_standby_names (primary, by SQL)',
      value: synchronousStandbyNames || '(empty)',
    },
    ...standbys,
  ];
  return { ...verdictOf(database, replication.value), facts };
}

const worst: readonly ProductionRow['state'][] = ['no', 'unknown', 'partly', 'yes'];

/** Synchronous replication as it is in force, not as it is wished (Patroni, Replication modes). */
export function replicationRow(databases: Looked<readonly DatabaseFacts[]>): ProductionRow {
  if (!databases.looked) return couldNotAnswer(head, databases);
  if (databases.value.length === 0)
    return {
      ...head,
      state: 'unknown',
      answer: 'No database of a kind that can be asked was found in this stack.',
      evidence: [{ object: databases.from, field: 'databases', value: '0' }],
    };
  const judged = databases.value.map((database) => judge(database));
  const state = worst.find((entry) => judged.some((row) => row.state === entry)) ?? 'unknown';
  const limit =
    state === 'yes'
      ? ' Where the copies lie is told below: on one disk it saves from the loss of a process only.'
      : '';
  const bad = judged.filter((row) => row.state === state);
  return {
    ...head,
    ...bad.find(({ move }) => move !== undefined)?.move,
    state,
    answer: `${judged.map(({ sentence }) => sentence).join('. ')}.${limit}`,
    evidence: judged.flatMap(({ facts }) => facts),
  };
}
