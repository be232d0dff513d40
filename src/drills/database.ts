import type { DrillLab } from './define-drill.ts';
import { shop } from './shop.ts';

/** kubectl in the namespace of the example stack. */
export async function shopKubectl(lab: DrillLab, args: readonly string[], input?: string): Promise<string> {
  return lab.kubectl(['-n', shop.namespace, ...args], input);
}

/** Labels of the example's database pods, as the operator sets them. */
export const databaseLabels = `application=spilo,cluster-name=${shop.database}`;

/** All members of the example's database, by their pods' names. */
export async function databasePods(lab: DrillLab): Promise<readonly string[]> {
  const names = await shopKubectl(lab, ['get', 'pods', '-l', databaseLabels, '-o', 'name']);
  return names
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => name.replace('pod/', ''));
}

const leaderPath = 'jsonpath={.metadata.annotations.leader}';

/**
 * The member that takes writes: the holder of Patroni's leader lock (annotation on the Endpoints object), who must
 * also say so itself. Throws while the two disagree.
 */
export async function primaryPod(lab: DrillLab): Promise<string> {
  const leader = await shopKubectl(lab, ['get', 'endpoints', shop.database, '-o', leaderPath]);
  const pod = leader.trim();
  if (pod === '') throw new Error('nobody holds the leader lock');
  const inRecovery = await sql(lab, pod, 'select pg_is_in_recovery()');
  if (inRecovery !== 'f') throw new Error(`${pod} holds the leader lock but is in recovery`);
  return pod;
}

/** Runs a statement as superuser inside the member; the statement goes over standard input, never through argv. */
export async function sql(
  lab: DrillLab,
  pod: string,
  statement: string,
  database = 'postgres',
): Promise<string> {
  const psql = [...'psql -X -q -t -A -v ON_ERROR_STOP=1 -U postgres -d'.split(' '), database];
  const args = ['exec', '-i', pod, '-c', 'postgres', '--', ...psql];
  return (await shopKubectl(lab, args, `${statement};\n`)).trim();
}

/** Standbys that stream from the primary right now, and how many of them are synchronous. */
export async function streamingStandbys(lab: DrillLab): Promise<{ streaming: number; sync: number }> {
  const row = await sql(
    lab,
    await primaryPod(lab),
    "select count(*), count(*) filter (where sync_state = 'sync') from pg_stat_replication where state = 'streaming'",
  );
  const [streaming = 0, sync = 0] = row.split('|').map(Number);
  return { streaming, sync };
}

/** A text as an SQL literal. Rejects what would need escapes beyond doubling the quote. */
export function literal(text: string): string {
  if (text.includes('\\') || text.includes('\0')) throw new Error('text with a backslash or a zero byte');
  return `'${text.replaceAll("'", "''")}'`;
}
