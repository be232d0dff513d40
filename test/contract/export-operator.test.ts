import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';

import { parse } from 'yaml';

import { eventually } from '../../lab/source/eventually.ts';
import type { Export } from '../../src/export/make-export.ts';
import { exampleManifests } from '../fakes/example-shop.ts';
import { exported, exportLab, namespace, type ExportLab } from '../fakes/export-lab.ts';
import { freePort } from '../fakes/free-port.ts';
import { labProgram } from '../fakes/lab-program.ts';
import { noApiServer } from '../fakes/real-api-server.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const checkout = join(import.meta.dirname, '../..');
const program = labProgram('postgres-operator');
const lacking = noApiServer ?? (program === undefined ? 'needs the operator that the lab builds' : undefined);

const started: { lab?: ExportLab; operator?: ChildProcess; export?: Export; stopped?: boolean } = {};

/** Runs the operator outside of the cluster; it ends when its definition is not served yet, and is started again as a kubelet would. */
function runOperator(lab: ExportLab): void {
  const env = {
    PATH: process.env['PATH'],
    CONFIG_MAP_NAME: 'postgres-operator/postgres-operator',
    OPERATOR_NAMESPACE: 'postgres-operator',
    CRD_READY_WAIT_INTERVAL: '1s',
  };
  const kubeconfig = join(lab.kubectl.folder, 'kubeconfig');
  const args = ['--pdeathsig', 'KILL', program ?? '', '-outofcluster', '-kubeconfig', kubeconfig];
  const child = spawn('setpriv', args, { env, stdio: 'ignore' });
  started.operator = child;
  child.once('exit', () => {
    if (started.stopped !== true) runOperator(lab);
  });
}

const collection = (kind: string) => `/apis/apps/v1/namespaces/${namespace}/${kind}`;

beforeAll(async () => {
  if (lacking !== undefined) return;
  const lab = await exportLab();
  started.lab = lab;
  const { kubectl, server } = lab;
  await kubectl.run(['apply', '-k', join(checkout, 'lab/operator')]);
  await server.request('PATCH', '/api/v1/namespaces/postgres-operator/configmaps/postgres-operator', {
    data: { api_port: String(await freePort()) },
  });
  runOperator(lab);
  await eventually(
    90_000,
    'the operator’s resource',
    async () => {
      try {
        await server.request('GET', '/apis/acid.zalan.do/v1/postgresqls');
        return true;
      } catch {
        return false;
      }
    },
    300,
  );
  await server.request('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  await kubectl.run([
    'apply',
    '-n',
    namespace,
    '-f',
    join(checkout, 'examples/jewelry-shop/base/database.yaml'),
  ]);
  await eventually(
    90_000,
    'the database’s StatefulSet and its first pod',
    async () => {
      const sets = JSON.stringify(await server.request('GET', collection('statefulsets')));
      const pods = JSON.stringify(await server.request('GET', `/api/v1/namespaces/${namespace}/pods`));
      const budgets = await server.request(
        'GET',
        `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
      );
      // An operator that was started anew in between replaces the budget.
      const isSettled =
        JSON.stringify(budgets).includes('"currentHealthy"') &&
        !JSON.stringify(budgets).includes('deletionTimestamp');
      return isSettled && sets.includes('"jewelry-shop-db"') && pods.includes('jewelry-shop-db-0');
    },
    300,
  );
  started.export = await exported(lab);
}, 300_000);

afterAll(async () => {
  started.stopped = true;
  const { operator, lab } = started;
  if (operator !== undefined && operator.exitCode === null) {
    const ended = once(operator, 'exit');
    operator.kill('SIGKILL');
    await ended;
  }
  await lab?.stop();
});

function made(context: TestContext): Export {
  skipWhen(context, lacking);
  if (started.export === undefined) throw new Error('nothing was exported');
  return started.export;
}

describe('what the real operator makes of a postgresql', () => {
  test('is not in an export, but for its Secrets', (context) => {
    const { exported: objects } = made(context);
    const own = objects.filter(({ file }) => !/^(crds|operator)\//.test(file));
    expect(own.map(({ object }) => object).sort()).toEqual([
      ...['jewelry-app', 'pooler', 'postgres', 'standby'].map(
        (user) => `ExternalSecret ${namespace}/${user}.jewelry-shop-db.credentials.postgresql.acid.zalan.do`,
      ),
      `Namespace ${namespace}`,
      `postgresql ${namespace}/jewelry-shop-db`,
    ]);
  });

  test('is left out by its name, with the operator as the reason', (context) => {
    const { leftOut } = made(context);
    const told = leftOut
      .filter(({ reason }) => reason === 'made-by-the-operator')
      .map(({ object }) => `${object.kind} ${object.name}`);
    expect(told.sort()).toEqual(
      expect.arrayContaining([
        'Endpoints jewelry-shop-db',
        'PodDisruptionBudget postgres-jewelry-shop-db-pdb',
        'RoleBinding postgres-pod',
        'Service jewelry-shop-db',
        'Service jewelry-shop-db-repl',
        'ServiceAccount postgres-pod',
        'StatefulSet jewelry-shop-db',
      ]),
    );
    expect(leftOut.filter(({ comes }) => comes === 'by-hand')).toEqual([]);
  });

  test('its Secrets are marked: before a database is restored they must be there', (context) => {
    const { files } = made(context);
    const name = 'secrets/externalsecret-standby.jewelry-shop-db.credentials.postgresql.acid.zalan.do.yaml';
    expect(files[name]).toMatch(/^# The database's operator makes this Secret/);
    expect(files[name]).toContain('creationPolicy: Orphan');
    expect(files['README.md']).toContain('**they must be there before the database is**');
  });

  test('its own configuration is there for comparison, and its image is named', (context) => {
    const { files } = made(context);
    expect(files['operator/configmap-postgres-operator.yaml']).toContain('secret_name_template:');
    expect(files['README.md']).toContain('`rekindle-lab/postgres-operator:1`');
  });

  test('the definition that it has registered takes its defaults out, and the resource is what was applied', (context) => {
    const [written = { spec: {} }] = exampleManifests('base/database.yaml');
    const { volume, ...spec } = written['spec'] as { volume: object };
    const object = parse(made(context).files['base/postgresql-jewelry-shop-db.yaml'] ?? '') as object;
    expect(object).toEqual({
      apiVersion: 'acid.zalan.do/v1',
      kind: 'postgresql',
      metadata: { name: 'jewelry-shop-db', namespace },
      spec: { ...spec, volume: { size: '1Gi' } },
    });
    expect(volume).toEqual({ size: '1Gi', storageClass: 'local-path' });
    expect(made(context).files['overlays/local/patch-postgresql-jewelry-shop-db.yaml']).toContain(
      'local-path',
    );
  });
});
