/** Waits for PostgreSQL; the only entry that never changes anything. */
export const waitForDatabase = 'wait-for-database';

/** What people did by hand after a boot, one after the other, by the steps that do it here where evidence calls for them. */
export const stepGroups: Readonly<Record<string, readonly string[]>> = {
  'start-cluster': ['start-cluster', 'start-node', 'start-load-balancer'],
  'clean-up-pods': ['delete-left-over-pod', 'restart-stuck-pod'],
  [waitForDatabase]: [],
  'sync-pooler-credentials': ['sync-pooler-credentials', 'nudge-pooler', 'restart-pooler'],
  'apply-pooler-profile': ['apply-pooler-profile'],
  'restart-apps': ['restart-crash-looping-pod', 'reload-load-balancer'],
};
