import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { parseAllDocuments } from 'yaml';
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

/**
 * No database runs here. Of a standby cluster the operator asks nothing before it makes the pooler (pkg/cluster/
 * connection_pooler.go, syncConnectionPooler); what it makes differs in the variables STANDBY_HOST and STANDBY_METHOD only.
 */
function asStandby(manifest: Manifest): Manifest {
  if (manifest.kind !== 'postgresql') return manifest;
  const spec = manifest['spec'] as Readonly<Record<string, unknown>>;
  return { ...manifest, spec: { ...spec, standby: { standby_host: 'nobody.invalid' } } };
}

/** What people write down; the operator makes the rest itself. */
export function shopManifests(): readonly Manifest[] {
  const written = exampleBase().filter(({ metadata }) => !metadata.name.startsWith('jewelry-shop-db-'));
  const own = written.filter(
    ({ kind, metadata }) => metadata.name !== 'jewelry-shop-db' || kind === 'postgresql',
  );
  const tls = { kind: 'Secret', metadata: { name: 'jewelry-shop-tls' }, type: 'kubernetes.io/tls' };
  return [...own, { ...tls, data: { 'tls.crt': 'AA==', 'tls.key': 'AA==' } }].map((manifest) =>
    asStandby({ apiVersion: 'v1', ...manifest }),
  );
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

/** The operator's program, outside of the cluster; its first start ends by itself until its resource is registered. */
class Operator {
  readonly said: string[] = [];
  readonly #program: string;
  readonly #kubeconfig: string;
  #child: ChildProcess | undefined;

  constructor(program: string, kubeconfig: string) {
    this.#program = program;
    this.#kubeconfig = kubeconfig;
  }

  get #runs(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Starts it where it does not run. */
  keepUp(): void {
    if (this.#runs) return;
    const options = ['-outofcluster', '-nodatabaseaccess', '-kubeconfig', this.#kubeconfig];
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', this.#program, ...options], {
      env: {
        CONFIG_MAP_NAME: 'postgres-operator/postgres-operator',
        OPERATOR_NAMESPACE: 'postgres-operator',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => this.said.push(text));
    this.#child = child;
  }

  async stop(): Promise<void> {
    if (!this.#runs || this.#child === undefined) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

async function makeStack(cluster: TestCluster, operator: Operator): Promise<void> {
  const resource = '/apis/acid.zalan.do/v1/namespaces/default/postgresqls';
  await eventually(
    90_000,
    'registration of the operator’s resource',
    async () => {
      operator.keepUp();
      return has(cluster, resource);
    },
    500,
  );
  const refused = await cluster.apply(shopManifests(), exampleNamespace);
  if (refused.length > 0) throw new Error(refused.map(({ why }) => why).join('\n'));
  const pooler = `/apis/apps/v1/namespaces/${exampleNamespace}/deployments/jewelry-shop-db-pooler`;
  await eventually(
    180_000,
    'pooler of the operator',
    async () => {
      operator.keepUp();
      await cluster.nodes.pass();
      await labelMembers(cluster);
      return has(cluster, pooler);
    },
    500,
  );
  await cluster.settle();
}

/**
 * The example stack as it is in a cluster: its own manifests, and what the real Zalando operator makes of its database. Throws
 * when the operator does not make it within some minutes.
 */
export async function deployExample(cluster: TestCluster, folder: string): Promise<void> {
  const program = labProgram('postgres-operator');
  if (program === undefined) throw new Error('needs the operator that the lab builds (`npm run lab -- up`)');
  await cluster.apply(operatorManifests(), 'postgres-operator');
  const kubeconfig = path.join(folder, 'admin.kubeconfig');
  writeFileSync(kubeconfig, cluster.api.admin.exportConfig(), { mode: 0o600 });
  const operator = new Operator(program, kubeconfig);
  try {
    await makeStack(cluster, operator);
  } catch (error) {
    throw new Error(`the operator said:\n${operator.said.join('').slice(-3000)}`, { cause: error });
  } finally {
    await operator.stop();
  }
}
