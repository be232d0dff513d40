import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { withoutAutoscaling } from '../../src/export/autoscaled.ts';
import { compareFolder } from '../../src/export/compare-folder.ts';
import { readDefinitions } from '../../src/export/definitions.ts';
import { readFolder } from '../../src/export/folder/read-folder.ts';
import { takeSnapshot } from '../../src/export/collect/take-snapshot.ts';
import type { Export } from '../../src/export/make-export.ts';
import type { KubeObject } from '../../src/ports/cluster.ts';
import {
  applyExport,
  exported,
  exportLab,
  fillLab,
  namespace,
  stack,
  written,
  type ExportLab,
} from '../fakes/export-lab.ts';
import { noApiServer } from '../fakes/real-api-server.ts';
import { skipWhen } from '../fakes/skip-when.ts';

interface Made {
  readonly lab: ExportLab;
  readonly export: Export;
}

const made: { first?: Made; second?: Made } = {};

beforeAll(async () => {
  if (noApiServer !== undefined) return;
  const lab = await exportLab();
  await fillLab(lab);
  made.first = { lab, export: await exported(lab) };
}, 300_000);

afterAll(async () => {
  await made.first?.lab.stop();
  await made.second?.lab.stop();
});

function first(context: Parameters<typeof skipWhen>[0]): Made {
  skipWhen(context, noApiServer);
  if (made.first === undefined) throw new Error('the server was not filled');
  return made.first;
}

const objectsIn = (text: string) => parseAllDocuments(text).map((one) => one.toJS() as KubeObject);

const nameOf = ({ kind, metadata }: KubeObject) => `${kind ?? ''} ${metadata.name}`;

/** Files that make the stack: without the two that also tell what was left out. */
function stackFiles({ files }: Export) {
  return Object.fromEntries(
    Object.entries(files).filter(([file]) => /^(base|overlays|secrets|crds)\//.test(file)),
  );
}

async function comparison({ lab }: Made, folder: string) {
  const reader = createClusterReader(lab.server.admin, { deadlineMs: 20_000 });
  const snapshot = await takeSnapshot(reader, namespace);
  const files = await readFolder(folder, { places: { path: lab.kubectl.folder, home: '/' } });
  return compareFolder(snapshot, await readDefinitions(reader, snapshot), files);
}

describe('an export of a real API server', () => {
  test('holds what was applied, and nothing that comes back by itself', async (context) => {
    const {
      lab,
      export: { exported: objects, missing },
    } = first(context);
    const built = objectsIn(await lab.kubectl.run(['kustomize', stack]));
    const applied = built
      .map((object) => ({ kind: object.kind, name: object.metadata.name }))
      .map(({ kind, name }) => `${kind === 'Secret' ? 'ExternalSecret' : (kind ?? '')} ${name}`);
    const notOurs = new Set(['IngressClass traefik', 'Street other-street']);
    const ofOperator = 'ExternalSecret jewelry-app.jewelry-shop-db.credentials.postgresql.acid.zalan.do';
    const wanted = [...applied.filter((name) => !notOurs.has(name)), ofOperator, 'ConfigMap odd'];
    expect(missing).toEqual([]);
    expect(objects.map(({ object }) => object.replace(`${namespace}/`, '')).sort()).toEqual(wanted.sort());
  });

  test('tells of everything else why it is not in it', (context) => {
    const {
      export: { leftOut },
    } = first(context);
    const counted = new Set(['Pod', 'ReplicaSet', 'EndpointSlice', 'Endpoints', 'PersistentVolumeClaim']);
    const told = leftOut
      .filter(({ object }) => !counted.has(object.kind))
      .map(({ object, comes, why }) => `${comes}: ${object.kind} ${object.name}: ${why}`);
    expect(told).toEqual([
      'anew: ClusterRole postgres-pod: only what is left out uses it',
      'anew: ClusterRole view: every cluster has it',
      'anew: ConfigMap kube-root-ca.crt: each namespace gets one, with the authority of its own cluster',
      'anew: Deployment jewelry-shop-db-pooler: the operator makes it for postgresql jewelry-shop-db',
      'anew: IngressClass traefik: k3s brings it',
      'by-hand: Job migrated: it has ended; applied elsewhere it would run once more',
      'anew: PodDisruptionBudget postgres-jewelry-shop-db-pdb: the operator makes it for postgresql jewelry-shop-db',
      'anew: RoleBinding postgres-pod: the operator of the database makes it',
      'anew: Secret sh.helm.release.v1.shop.v1: Helm keeps its record of a release in it',
      'anew: Secret shop-token: a token of this very cluster',
      'anew: Service jewelry-shop-db: the operator makes it for postgresql jewelry-shop-db',
      'anew: ServiceAccount default: each namespace gets one',
      'anew: ServiceAccount postgres-pod: the operator of the database makes it',
      'anew: StatefulSet jewelry-shop-db: the operator makes it for postgresql jewelry-shop-db',
      'by-hand: Street other-street: it belongs to the whole cluster and does not name this namespace',
    ]);
    const ofKind = (kind: string) => leftOut.filter(({ object }) => object.kind === kind);
    expect(ofKind('PersistentVolumeClaim').map(({ object }) => object.name)).toEqual([
      'book-ledger-1',
      'data-redis-0',
      'pgdata-jewelry-shop-db-0',
    ]);
    expect(ofKind('Endpoints').map(({ object }) => object.name)).toContain('jewelry-shop-db-config');
    expect(ofKind('Pod').filter(({ comes }) => comes === 'by-hand')).toMatchObject([
      { object: { name: 'debug' } },
    ]);
    expect(ofKind('ReplicaSet').every(({ comes }) => comes === 'anew')).toBe(true);
  });

  test('is, for kustomize, what the example’s own files are: nothing was lost, nothing came in', async (context) => {
    const { lab, export: whole } = first(context);
    const { folder, remove } = written(whole);
    context.onTestFinished(remove);
    const build = async (from: string) => objectsIn(await lab.kubectl.run(['kustomize', from]));
    const own = await build(join(import.meta.dirname, '../../examples/jewelry-shop/overlays/lab'));
    const names = new Set(own.map(nameOf));
    const again = (await build(join(folder, 'overlays/local'))).filter((object) => names.has(nameOf(object)));
    // The autoscaler that the stack has besides decides this number.
    const withoutNumber = own.map((object) =>
      nameOf(object) === 'Deployment nginx'
        ? withoutAutoscaling(object, new Set(['Deployment nginx']))
        : object,
    );
    expect(again).toEqual(withoutNumber);
    expect(again.length).toBeGreaterThan(10);
  });

  test('is the same, byte by byte, when it is made again', async (context) => {
    const { lab, export: before } = first(context);
    expect((await exported(lab)).files).toEqual(before.files);
  });

  test('is what runs: nothing differs when it is compared with the cluster', async (context) => {
    const { lab, export: whole } = first(context);
    const { folder, remove } = written(whole);
    context.onTestFinished(remove);
    const found = await comparison({ lab, export: whole }, folder);
    expect(found).toMatchObject({ differences: [], missing: [], hasSecrets: true });
    expect(found.compared).toBeGreaterThan(40);
  });

  test('brings up the same stack on an empty cluster', { timeout: 300_000 }, async (context) => {
    const from = first(context);
    const lab = await exportLab();
    made.second = { lab, export: from.export };
    await applyExport(lab, from.export, from.lab);
    const again = await exported(lab);
    expect(stackFiles(again)).toEqual(stackFiles(from.export));
    const { folder, remove } = written(from.export);
    context.onTestFinished(remove);
    expect(await comparison({ lab, export: again }, folder)).toMatchObject({ differences: [], missing: [] });
  });

  test('a kustomization of somebody’s own, differs only in what was never in it', async (context) => {
    const whole = first(context);
    const { differences, hasSecrets } = await comparison(whole, stack);
    expect(hasSecrets).toBe(true);
    expect(differences).toMatchObject([{ object: `ConfigMap ${namespace}/odd`, path: '', right: undefined }]);
  });

  test('a change on either side is told with its place', async (context) => {
    const { lab, export: whole } = first(context);
    const { folder, remove } = written(whole);
    context.onTestFinished(remove);
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/catalogue`;
    const at = async (replicas: number) => lab.server.request('PATCH', path, { spec: { replicas } });
    await at(2);
    try {
      const { differences } = await comparison({ lab, export: whole }, folder);
      expect(differences).toEqual([
        { object: `Deployment ${namespace}/catalogue`, path: 'spec.replicas', left: 2, right: undefined },
      ]);
    } finally {
      await at(1);
    }
  });
});
