import type { OldStack, Scaled } from '../facts.ts';
import type { Measured } from '../measured.ts';
import type { Needs } from '../needs.ts';
import type { TargetId } from '../target.ts';
import type { TargetText } from './target-text.ts';

/** Everything that the runbook is written from. */
export interface RunbookContext {
  readonly id: TargetId;
  readonly title: string;
  readonly text: TargetText;
  readonly needs: Needs;
  readonly old: OldStack;
  readonly measured?: Measured;
}

/** `kubectl` on the old cluster, in the stack's namespace. */
export const onOld = 'kubectl --context "$OLD" -n "$NAMESPACE"';

/** The same on the new one. */
export const onNew = 'kubectl --context "$NEW" -n "$NAMESPACE"';

/** Commands that scale workloads; `to` gives each its number. */
export function scale(
  on: string,
  workloads: readonly Scaled[],
  to: (workload: Scaled) => number,
): readonly string[] {
  return workloads.map((one) => `${on} scale ${one.name} --replicas=${to(one)}`);
}

/** A workload that runs pgbouncer or the database client of the target; undefined where the operator's pods do. */
export const restorePod = 'restore';

/** psql on the old primary. Spilo lets `postgres` in by its socket. */
export function oldPsql({ old }: RunbookContext): string {
  return `${onOld} exec -i "$OLD_PRIMARY" -c postgres -- psql -X -U postgres -d ${databaseOf(old)}`;
}

/** The database that is moved; the first one where there are several. */
export function databaseOf({ cluster }: OldStack): string {
  return Object.keys(cluster?.databases ?? {})[0] ?? 'DATABASE';
}

/** The role that owns it. */
export function ownerOf({ cluster }: OldStack): string {
  return Object.values(cluster?.databases ?? {})[0] ?? 'OWNER';
}

/** Where PostgreSQL's own programs run on the new side. */
export function newExec({ needs }: RunbookContext): string {
  return needs.database === 'managed'
    ? `${onNew} exec -i ${restorePod} --`
    : `${onNew} exec -i "$NEW_PRIMARY" -c postgres --`;
}

/** As whom and how they log in there. */
export function newLogin({ needs, old }: RunbookContext): string {
  return needs.database === 'managed'
    ? `-h ${old.cluster?.name ?? 'DATABASE-HOST'} -U ${ownerOf(old)}`
    : '-U postgres';
}
