import { z } from 'zod';

import type { Looked } from '../../domain/looked.ts';
import type {
  DatabaseFacts,
  DatabaseMember,
  PodFacts,
  ReplicationFacts,
  StandbyFacts,
} from '../../domain/observation.ts';
import type { DatabaseComponent } from '../../domain/stack.ts';
import { appLogin } from '../app-login.ts';
import type { ObserveContext } from '../context.ts';
import { look } from '../look.ts';
import { patroniAnnotations } from '../patroni-object.ts';

/** A standby that streams goes on to, and one that does not tries again every 5 s (`wal_retrieve_retry_interval`), ms. */
const standbyMs = 5000;

/** A person changes Patroni's configuration, ms. */
const configMs = 10_000;

const sqlDeadlineMs = 1500;

/** `pg_lsn` as the server prints it; it goes into a statement, and whoever answers could have written anything. */
const lsn = /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/u;

/**
 * What a role without rights on the statistics may see: that there is a row of `pg_stat_wal_receiver` (its columns are empty
 * but for the process id), and the positions. What was replayed counts as received: after a restart the position of what was
 * received is empty until the WAL receiver starts (postgresql.org, Recovery Information Functions).
 */
const standbyQuestion = (walPosition: string) => `SELECT
  (SELECT count(*) FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) AS receivers,
  greatest(0, pg_wal_lsn_diff('${walPosition}',
    greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()))) AS behind`;

async function askStandby(
  context: ObserveContext,
  database: DatabaseComponent,
  pod: string,
  walPosition: string,
): Promise<StandbyFacts> {
  const login = await appLogin(context, database, { pod, port: 5432 });
  const result = await context.sql.query(login, [standbyQuestion(walPosition)], sqlDeadlineMs);
  if (!result.ok) throw new Error(result.error.message);
  const { receivers, behind } = result.rows[0] ?? {};
  if (typeof receivers !== 'string' || typeof behind !== 'string')
    throw new Error('it does not say how far it is; is it in recovery?');
  return { receives: Number(receivers) > 0, behindBytes: Number(behind) };
}

/** Only of those whose pod is ready: another one answers nothing, and its pod says so already. */
async function withStandby(
  context: ObserveContext,
  database: DatabaseComponent,
  member: DatabaseMember,
  { pod, walPosition }: { readonly pod: PodFacts | undefined; readonly walPosition: string },
): Promise<DatabaseMember> {
  if (pod === undefined || !pod.ready || pod.deleting) return member;
  const key = `standby ${pod.uid}`;
  const from = `SQL on ${pod.name}`;
  const ask = () => askStandby(context, database, pod.name, walPosition);
  const standby = await context.kept.ask(
    key,
    standbyMs,
    () => context.late.ask(key, from, ask),
    ({ looked }) => looked,
  );
  return { ...member, standby };
}

/** Patroni's dynamic configuration, as far as it is needed (patroni.readthedocs.io, Dynamic configuration settings). */
const patroniConfig = z.object({
  synchronous_mode: z.union([z.boolean(), z.string()]).default(false),
  maximum_lag_on_failover: z.coerce.number().default(1_048_576),
});

function readConfig(text: string | undefined): Omit<ReplicationFacts, 'synchronousStandbyNames'> {
  const config = patroniConfig.parse(JSON.parse(text ?? '{}'));
  const mode = String(config.synchronous_mode).toLowerCase();
  return {
    wantsSynchronous: ['true', 'on', 'quorum'].includes(mode),
    maximumLagBytes: config.maximum_lag_on_failover,
  };
}

async function askConfig(
  { kept, reader, clock }: ObserveContext,
  { namespace, cluster }: DatabaseComponent,
  synchronousStandbyNames: string,
): Promise<DatabaseFacts['replication']> {
  const from = `Patroni's configuration of ${namespace}/${cluster}`;
  const read = async () =>
    readConfig((await patroniAnnotations(reader, { namespace, cluster }, 'config'))?.['config']);
  const config = await kept.ask(
    from,
    configMs,
    () => look(clock, from, read),
    ({ looked }) => looked,
  );
  return config.looked ? { ...config, value: { ...config.value, synchronousStandbyNames } } : config;
}

async function withReplication(
  context: ObserveContext,
  facts: DatabaseFacts,
  pods: readonly PodFacts[],
): Promise<DatabaseFacts> {
  const database = context.stack.databases.find(
    ({ namespace, cluster }) => namespace === facts.namespace && cluster === facts.cluster,
  );
  if (database === undefined || !facts.primary.looked || facts.primary.value.inRecovery) return facts;
  const { pod: leader, walPosition, synchronousStandbyNames } = facts.primary.value;
  const [members, replication] = await Promise.all([
    Promise.all(
      facts.members.map(async (member) => {
        if (member.pod === leader || walPosition === undefined || !lsn.test(walPosition)) return member;
        const pod = pods.find(({ name }) => name === member.pod);
        return withStandby(context, database, member, { pod, walPosition });
      }),
    ),
    synchronousStandbyNames === undefined
      ? facts.replication
      : askConfig(context, database, synchronousStandbyNames),
  ]);
  return { ...facts, members, replication };
}

/**
 * The same databases, and of each whose primary takes writes: whether every standby receives its WAL and how far it is, by
 * SQL with the app's own login, and whether a commit waits for one of them. It delays nobody: the layers above are asked
 * meanwhile, and a slow answer counts in a later pass.
 */
export async function collectReplication(
  context: ObserveContext,
  databases: Looked<readonly DatabaseFacts[]>,
  pods: readonly PodFacts[],
): Promise<Looked<readonly DatabaseFacts[]>> {
  if (!databases.looked) return databases;
  const value = await Promise.all(databases.value.map((facts) => withReplication(context, facts, pods)));
  return { ...databases, value };
}
