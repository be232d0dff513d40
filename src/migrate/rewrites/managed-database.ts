import type { Bench } from '../bench.ts';
import type { Manifest } from '../manifest.ts';
import { userSecret, type OperatorCluster } from '../operator-cluster.ts';
import { poolerObjects } from '../pooler.ts';
import type { RuleContext } from '../rule.ts';
import { externalSecret, storedName } from '../stored-secret.ts';
import { mentionsOf } from './mentions.ts';

const rule = 'database';

function giveSecrets(bench: Bench, { target }: RuleContext, cluster: OperatorCluster): void {
  const { namespace } = cluster;
  const users = Object.keys(cluster.users);
  const stored = (user: string) => storedName(namespace, `database-${user}`);
  for (const [index, user] of users.entries()) {
    bench.storedSecrets.add(stored(user));
    const secret = externalSecret(bench, target, {
      namespace,
      name: userSecret(cluster, user),
      as: `database-${user.replaceAll('_', '-')}`,
      template: { username: user, password: `{{ .password${index} }}` },
      from: [{ word: `password${index}`, stored: stored(user), key: 'password' }],
    });
    const why = `The operator made this Secret; its name stays, so that no pod has to be changed, and the password comes from the target's store.`;
    bench.add(secret, { rule, why });
  }
  const list = externalSecret(bench, target, {
    namespace,
    name: 'pgbouncer-users',
    template: {
      'userlist.txt': users.map((user, index) => `"${user}" "{{ .password${index} }}"\n`).join(''),
    },
    from: users.map((user, index) => ({ word: `password${index}`, stored: stored(user), key: 'password' })),
  });
  bench.add(list, { rule, why: 'PgBouncer logs its clients in, and itself at the database, with these.' });
}

function tellDifferences(bench: Bench, manifest: Manifest, cluster: OperatorCluster): void {
  const flags = Object.entries(cluster.users).filter(([, list]) => list.includes('superuser'));
  for (const [user] of flags) {
    const what = `The role ${user} is a superuser; a managed database has none.`;
    bench.task(
      rule,
      manifest,
      what,
      'See what it needs and grant that; try it on the target before the cut-over.',
    );
  }
  const odd = Object.entries(cluster.parameters).filter(([name]) => name !== 'password_encryption');
  if (odd.length > 0) {
    const names = odd.map(([name, value]) => `${name} = ${value}`).join(', ');
    bench.task(
      rule,
      manifest,
      `Settings of PostgreSQL are not carried over: ${names}.`,
      'Set those that the managed service allows in the infrastructure program; the service’s own pages list them.',
    );
  }
  const replica = mentionsOf(bench).find(({ text }) => new RegExp(`\\b${cluster.name}-repl\\b`).test(text));
  if (replica !== undefined) {
    const what = `It reads from ${cluster.name}-repl. The standby of a managed database cannot be read.`;
    bench.task(rule, replica.object, what, `Read from ${cluster.name}-pooler, or add a read replica.`);
  }
}

/** The operator's cluster becomes the provider's database; the names under which the stack knows it stay. */
export function manage(
  bench: Bench,
  context: RuleContext,
  manifest: Manifest,
  cluster: OperatorCluster,
): void {
  const { target } = context;
  const { namespace, name } = cluster;
  bench.drop(manifest, {
    rule,
    why: `PostgreSQL ${cluster.version} is run by the provider: copies in two zones, backups and updates are its work.`,
    after: `the managed database of ${target.title}`,
  });
  if (typeof target.databaseService !== 'function') throw new Error(target.databaseService.why);
  target.databaseService(bench, namespace, name);
  if (cluster.pooler !== undefined) {
    const plan = { namespace, cluster: name, databases: Object.keys(cluster.databases), ...cluster.pooler };
    const why =
      'The operator ran PgBouncer; without it the stack keeps its pooler under the same name, as a Deployment.';
    for (const object of poolerObjects(plan)) bench.add(object, { rule, why });
  }
  giveSecrets(bench, context, cluster);
  tellDifferences(bench, manifest, cluster);
}
