import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { parseAllDocuments } from 'yaml';
import { readFileSync } from 'node:fs';

import { eventually } from '../../lab/source/eventually.ts';
import { exampleBase } from '../../test/fakes/example-shop.ts';
import { labProgram } from '../../test/fakes/lab-program.ts';
import type { Manifest } from './manifest-files.ts';
import type { TestCluster } from './test-cluster.ts';

const root = path.join(import.meta.dirname, '../..');

/** Namespace of the example. */
export const exampleNamespace = 'jewelry-shop';

function operatorManifests(): readonly Manifest[] {
  return ['rbac.yaml', 'operator.yaml'].flatMap((name) =>
    parseAllDocuments(readFileSync(path.join(root, 'lab/operator', name), 'utf8')).map(
      (document) => document.toJS() as Manifest,
    ),
  );
}

/** What people write down; the operator makes the rest itself. */
export function shopManifests(): readonly Manifest[] {
  const written = exampleBase().filter(({ metadata }) => !metadata.name.startsWith('jewelry-shop-db-'));
  const own = written.filter(
    ({ kind, metadata }) => metadata.name !== 'jewelry-shop-db' || kind === 'postgresql',
  );
  const tls = { kind: 'Secret', metadata: { name: 'jewelry-shop-tls' }, type: 'kubernetes.io/tls' };
  return [
    ...own,
    { ...tls, data: { 'tls.crt': 'AA==', 'tls.key': 'AA==' } },
  ].map((manifest) => ({ apiVersion: 'v1', ...manifest }) as Manifest);
}

/** Patroni names its leader by a label of the pods; nobody else of this stand-in does. */
async function labelMembers({ api }: TestCluster): Promise<void> {
  const pods = `/api/v1/namespaces/${exampleNamespace}/pods`;
  const found = (await api.request('GET', `${pods}?labelSelector=application%3Dspilo`))['items'] as readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  }[];
  for (const { metadata } of found) {
    if (metadata.labels['spilo-role'] !== undefined) continue;
    const role = metadata.name.endsWith('-0') ? 'master' : 'replica';
    await api.request('PATCH', `${pods}/${metadata.name}`, { metadata: { labels: { 'spilo-role': role } } });
  }
}

async function has({ api }: TestCluster, place: string): Promise<boolean> {
  try {
    await api.request('GET', place);
    return true;
  } catch {
    return false;
  }
}

/**
 * The example stack as it is in a cluster: its own manifests, and what the real Zalando operator makes of its database. Throws
 * when the operator does not make it within some minutes.
 */
export async function deployExample(cluster: TestCluster, folder: string): Promise<void> {
  const operator = labProgram('postgres-operator');
  if (operator === undefined) throw new Error('needs the operator that the lab builds (`npm run lab -- up`)');
  await cluster.apply(operatorManifests(), 'postgres-operator');
  const kubeconfig = path.join(folder, 'admin.kubeconfig');
  writeFileSync(kubeconfig, cluster.api.admin.exportConfig(), { mode: 0o600 });
  const bound = ['--pdeathsig', 'KILL', operator, '-outofcluster', '-nodatabaseaccess', '-kubeconfig', kubeconfig];
  const child = spawn('setpriv', bound, {
    env: { CONFIG_MAP_NAME: 'postgres-operator/postgres-operator', POD_NAMESPACE: 'postgres-operator' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
  try {
    await eventually(60_000, 'registration of the operator’s resource', () =>
      has(cluster, '/apis/acid.zalan.do/v1/namespaces/default/postgresqls'), 500);
    const refused = await cluster.apply(shopManifests(), exampleNamespace);
    if (refused.length > 0) throw new Error(refused.map(({ why }) => why).join('\n'));
    const pooler = `/apis/apps/v1/namespaces/${exampleNamespace}/deployments/jewelry-shop-db-pooler`;
    await eventually(
      180_000,
      'pooler of the operator',
      async () => {
        await cluster.nodes.pass();
        await labelMembers(cluster);
        return has(cluster, pooler);
      },
      500,
    );
    await cluster.settle();
  } catch (error) {
    throw new Error(`the operator said:\n${said.join('').slice(-3000)}`, { cause: error });
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
