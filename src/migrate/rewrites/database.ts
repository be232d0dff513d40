import type { Bench } from '../bench.ts';
import { containersOf, textAt, valueAt, type Manifest } from '../manifest.ts';
import { operatorCluster, type OperatorCluster } from '../operator-cluster.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { dropFormerStorage } from '../targets/stack-parts.ts';
import { databasePool } from './database-pool.ts';
import { manage } from './managed-database.ts';
import { splitImage } from './image.ts';

const id = 'database';

function ownNodes(bench: Bench, manifest: Manifest): void {
  const { label, taint, value } = databasePool;
  const why =
    'On one machine the database shared the node with everything else. In the target it has nodes of its own in three zones, which other pods neither fill nor move.';
  if (valueAt(manifest, ['spec', 'tolerations']) === undefined)
    bench.set(
      manifest,
      ['spec', 'tolerations'],
      [{ key: taint, operator: 'Equal', value, effect: 'NoSchedule' }],
      { rule: id, why },
    );
  const term = { matchExpressions: [{ key: label, operator: 'In', values: [value] }] };
  const affinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
  if (valueAt(manifest, ['spec', 'nodeAffinity']) === undefined)
    bench.set(manifest, ['spec', 'nodeAffinity'], affinity, { rule: id, why });
}

/** Three zones, so that a majority of the members outlives one of them. */
const zones = 3;

function keepOperator(
  bench: Bench,
  { target }: RuleContext,
  manifest: Manifest,
  cluster: OperatorCluster,
): void {
  ownNodes(bench, manifest);
  target.databaseNodes(bench);
  dropFormerStorage(bench, manifest);
  target.backupEnvironment(bench, manifest);
  if (cluster.instances < zones)
    bench.task(
      id,
      manifest,
      `It has ${cluster.instances} members; with fewer than ${zones} the loss of a zone may take the database with it.`,
      `Set spec.numberOfInstances to ${zones} in the overlay.`,
    );
  if (valueAt(manifest, ['spec', 'resources']) === undefined)
    bench.task(
      id,
      manifest,
      'It does not say what it needs. The operator then allows each member 1 CPU and 500 MiB and the kernel ends it when it takes more (charts/postgres-operator/values.yaml, configPostgresPodResources).',
      'Set spec.resources in the overlay, near to what a database node has.',
    );
  if (valueAt(manifest, ['spec', 'patroni', 'synchronous_mode']) !== true)
    bench.task(
      id,
      manifest,
      'Replication is not synchronous: a failover may lose writes that customers were told are done.',
      'Set spec.patroni.synchronous_mode: true in the overlay if that must not happen.',
    );
}

/** PostgreSQL that somebody runs without an operator. */
function isOwnPostgres(manifest: Manifest): boolean {
  return containersOf(manifest).some(({ container, isInit }) => {
    const name = splitImage(textAt(container, ['image']) ?? '').rest;
    return !isInit && /(^|\/)(postgres|postgresql|postgis|timescaledb)(:|@|$)/.test(name);
  });
}

function tellOthers(bench: Bench, manifest: Manifest): void {
  bench.task(
    id,
    manifest,
    'This PostgreSQL is not run by the Zalando operator: only its storage was rewritten, and the infrastructure program has no managed database for it.',
    'Decide who runs it on the target. One pod with one disk is no production database.',
  );
}

/** Where PostgreSQL runs on the target. */
export const database: Rule = {
  id,
  looksFor:
    'the database: nodes and backups of its own under the operator, without the old store’s settings, or the provider’s managed service',
  run: (bench, context) => {
    for (const manifest of bench.objects()) {
      const cluster = operatorCluster(manifest);
      if (cluster === undefined) {
        if (isOwnPostgres(manifest) || manifest.apiVersion.startsWith('postgresql.cnpg.io/'))
          tellOthers(bench, manifest);
        continue;
      }
      for (const name of cluster.odd)
        bench.task(
          id,
          manifest,
          `The name ${name} has characters that this program writes into no command; the database or role is left out of scripts and runbook.`,
          'Move it by hand, or give it another name first.',
        );
      if (context.database === 'managed') manage(bench, context, manifest, cluster);
      else keepOperator(bench, context, manifest, cluster);
    }
  },
};
