import { partsOf, type PartOf } from '../../manifest.ts';
import type { ServerInPod } from '../../postgres/psql-session.ts';
import type { ClusterAccess, RebuildContext, RebuildStep } from '../context.ts';
import { findPrimary } from '../find-primary.ts';
import { RebuildRefused } from '../read-backup.ts';
import { restoreRoles } from '../restore-roles.ts';
import { restoreWholeDatabase } from '../restore-whole-database.ts';
import { superuserOf } from '../superuser.ts';
import { until } from '../until.ts';

const primaryMs = 300_000;
const id = 'data';

async function restoreOne(
  context: RebuildContext,
  { programs }: ClusterAccess,
  primary: ServerInPod,
  part: PartOf<'database'>,
): Promise<string> {
  const { backup, clock, say, wasBegun } = context;
  say(`restoring ${part.of.database} (${part.bytes} bytes)`);
  const { differences, notes } = await restoreWholeDatabase({ programs, clock }, primary, {
    details: part.of,
    plain: () => backup.read(part),
    wasBegun: wasBegun(id),
  });
  if (differences.length > 0)
    throw new RebuildRefused({
      what: `Database ${part.of.database} was restored and is not what was backed up`,
      cause: differences.join('; '),
      place: `pod ${primary.namespace}/${primary.pod}`,
      next: 'Nothing uses it yet. Choose another backup, or look at it and go on by hand.',
    });
  const rows = part.of.tables.reduce((sum, table) => sum + table.rows, 0);
  return [`${part.of.database}: ${part.of.tables.length} tables, ${rows} rows compared`, ...notes].join('; ');
}

/** Restores roles, then databases, and holds every row against what is on record. */
export const restoreData: RebuildStep = {
  id,
  title: 'restore roles and databases, and compare every row',
  run: async (context) => {
    const { backup } = context;
    const access = await context.access();
    const superuser = superuserOf(backup.objects);
    const { namespace } = backup.details;
    const databases = partsOf(backup.manifest, 'database');
    const told: string[] = [];
    for (const cluster of new Set(databases.map(({ of }) => of.cluster))) {
      const primary = await until(
        context,
        { what: `A primary of ${cluster}`, place: `postgresql ${cluster}`, deadlineMs: primaryMs },
        () => findPrimary(access, { namespace, cluster, superuser }),
      );
      const roles = partsOf(backup.manifest, 'roles').find(({ of }) => of.cluster === cluster);
      if (roles !== undefined) await restoreRoles(access.programs, primary, backup.read(roles));
      for (const part of databases.filter(({ of }) => of.cluster === cluster))
        told.push(await restoreOne(context, access, primary, part));
    }
    return told.join('; ') || 'the backup holds no database';
  },
};
