import { textAt } from '../../../export/collect/uses.ts';
import { applyObjects } from '../apply-objects.ts';
import type { RebuildContext, RebuildStep } from '../context.ts';
import { findPrimary } from '../find-primary.ts';
import { groupsIn } from '../groups-in.ts';
import { superuserOf } from '../superuser.ts';
import { until } from '../until.ts';
import { causeText } from '../../../record/explained-error.ts';

/** Image, initdb, Patroni's first leader, ms. */
const primaryMs = 600_000;

/** The operator makes roles, databases and the pooler after all members are up; it is not needed for the data, ms. */
const runningMs = 180_000;

async function settled(context: RebuildContext, namespace: string, name: string): Promise<string> {
  const { reader } = await context.access();
  const path = `/apis/acid.zalan.do/v1/namespaces/${encodeURIComponent(namespace)}/postgresqls/${encodeURIComponent(name)}`;
  try {
    await until(
      context,
      { what: `postgresql ${name} running`, place: name, deadlineMs: runningMs },
      async () => {
        const status = textAt(await reader.get(path), 'status', 'PostgresClusterStatus');
        if (status === 'Running') return true;
        throw new Error(`its status is ${status ?? 'unknown'}`);
      },
    );
    return '';
  } catch (error) {
    context.signal.throwIfAborted();
    // A standby that takes long is no reason to keep the data waiting.
    return ` (the operator is not done with it: ${causeText(error)})`;
  }
}

/** Makes the database clusters, empty, and waits for the primary of each. */
export const databaseClusters: RebuildStep = {
  id: 'database-clusters',
  title: 'make the database clusters, and wait for their primaries',
  run: async (context) => {
    const { backup } = context;
    const { databases } = groupsIn(backup);
    const access = await context.access();
    await applyObjects(context, access, databases);
    const superuser = superuserOf(backup.objects);
    const told: string[] = [];
    for (const { metadata } of databases) {
      const { name: cluster, namespace = '' } = metadata;
      const primary = await until(
        context,
        { what: `A primary of ${cluster}`, place: `postgresql ${cluster}`, deadlineMs: primaryMs },
        () => findPrimary(access, { namespace, cluster, superuser }),
      );
      told.push(`${primary.pod}${await settled(context, namespace, cluster)}`);
    }
    return told.join(', ') || 'there is none';
  },
};
