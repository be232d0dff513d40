import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { seen } from '../../src/domain/looked.ts';
import { refText } from '../../src/domain/object-ref.ts';
import { readManifests } from '../../src/readiness/collect/manifests.ts';
import { noLooks, takeSnapshot } from '../../src/readiness/collect/snapshot.ts';
import type { ReadinessFinding } from '../../src/readiness/finding.ts';
import { runChecks } from '../../src/readiness/run-checks.ts';
import { kindNames } from '../../src/readiness/world/kinds.ts';
import { Owners } from '../../src/readiness/world/owners.ts';
import type { Snapshot } from '../../src/readiness/world/snapshot.ts';
import { refOf } from '../../src/readiness/world/thing.ts';
import { worldOf } from '../../src/readiness/world/world.ts';
import type { KubeObject } from '../../src/ports/cluster.ts';
import type { ForeignFinding } from './foreign-finding.ts';
import { kubeScoreFindings, runKubeScore } from './kube-score.ts';
import { yamlFiles, type Manifest } from './manifest-files.ts';
import { popeyeFindings, runPopeye } from './popeye.ts';
import type { MeasuredProgram } from './programs.ts';
import { recallOf, type Recall } from './recall.ts';
import { TestCluster } from './test-cluster.ts';

/** An input as it is measured. */
export interface Subject {
  readonly name: string;
  readonly namespace: string;
  /** Further namespaces that belong to it. */
  readonly others?: readonly string[];
  /** Folder with the files that kube-score reads. */
  readonly folder: string;
  /** Every object, in the order in which it is applied. */
  readonly manifests: readonly Manifest[];
  /** Where controllers of somebody else's have to run before it is whole; undefined: those of Kubernetes are enough. */
  readonly deploy?: (cluster: TestCluster, folder: string) => Promise<void>;
  /** kube-score also reads what the cluster has, as `kubectl get --output yaml` would write it. */
  readonly exportsLive?: true;
}

export interface Measured {
  readonly recall: Recall;
  readonly files: Recall;
  readonly refused: readonly string[];
  readonly findings: readonly ReadinessFinding[];
}

type Programs = Readonly<Record<MeasuredProgram, string>>;

function findingsOf(snapshot: Snapshot): readonly ReadinessFinding[] {
  return runChecks(snapshot, worldOf(snapshot)).flatMap(({ findings }) => findings);
}

/** Findings of several namespaces; what the cluster has once is told once. */
function each<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}

function objectsOf(snapshots: readonly Snapshot[]): readonly KubeObject[] {
  const all = snapshots.flatMap((snapshot) =>
    kindNames.flatMap((kind) => seen(snapshot.objects[kind]) ?? []),
  );
  return each(all, (object) => refText(refOf(object)));
}

/** The object that made a pod or a ReplicaSet, by name. */
function topNames(objects: readonly KubeObject[]): (name: string) => string {
  const owners = new Owners(objects);
  const names = new Map(objects.map((object) => [refText(refOf(object)), refText(owners.topOf(object))]));
  return (name) => names.get(name) ?? name;
}

/** What people would have written: without what the cluster has added. */
function written({ apiVersion, kind, metadata, ...fields }: KubeObject): Record<string, unknown> {
  const { name, namespace, labels, annotations } = metadata;
  const { status: _, ...rest } = fields;
  return { apiVersion, kind, metadata: { name, namespace, labels, annotations }, ...rest };
}

const exportedKinds = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'Service',
  'Ingress',
  'PodDisruptionBudget',
  'NetworkPolicy',
  'HorizontalPodAutoscaler',
]);

async function snapshotsOf(
  cluster: TestCluster,
  namespaces: readonly string[],
): Promise<readonly Snapshot[]> {
  const reader = createClusterReader(cluster.api.admin, { deadlineMs: 20_000 });
  const looks = noLooks('no nodes run here', systemClock.now());
  const snapshots: Snapshot[] = [];
  for (const namespace of namespaces) {
    const snapshot = await takeSnapshot({ reader, clock: systemClock }, namespace, looks);
    const unseen = kindNames.filter((kind) => !snapshot.objects[kind].looked);
    if (unseen.length > 0) throw new Error(`could not look at ${unseen.join(', ')} of ${namespace}`);
    snapshots.push(snapshot);
  }
  return snapshots;
}

/** Nodes, volumes, and objects of these namespaces or of these manifests; the rest is Kubernetes' own. */
function isOurs(object: string, { manifests }: Subject, namespaces: readonly string[]): boolean {
  const [kind = '', name = ''] = object.split(' ');
  const [namespace] = name.includes('/') ? name.split('/') : [undefined];
  if (namespace !== undefined) return namespaces.includes(namespace);
  if (kind === 'Namespace') return namespaces.includes(name);
  return (
    ['Node', 'PersistentVolume', 'cluster'].includes(kind) ||
    manifests.some((manifest) => manifest.kind === kind && manifest.metadata.name === name)
  );
}

async function theirs(
  programs: Programs,
  subject: Subject,
  found: {
    readonly cluster: TestCluster;
    readonly namespaces: readonly string[];
    readonly objects: readonly KubeObject[];
    readonly scratch: string;
  },
): Promise<readonly ForeignFinding[]> {
  const { cluster, namespaces, objects, scratch } = found;
  const kubeconfig = path.join(scratch, 'kubeconfig');
  writeFileSync(kubeconfig, cluster.api.admin.exportConfig(), { mode: 0o600 });
  const report = await runPopeye(programs.popeye, { kubeconfig, home: path.join(scratch, 'home') });
  const popeye = popeyeFindings(report, topNames(objects)).filter(({ object }) =>
    isOurs(object, subject, namespaces),
  );
  const files = [...yamlFiles(subject.folder)];
  if (subject.exportsLive === true) {
    const file = path.join(scratch, 'live.yaml');
    const live = objects.filter(({ kind = '' }) => exportedKinds.has(kind));
    writeFileSync(file, live.map((object) => JSON.stringify(written(object))).join('\n---\n'));
    files.splice(0, files.length, file);
  }
  const scored = kubeScoreFindings(await runKubeScore(programs['kube-score'], files), subject.namespace);
  return each([...popeye, ...scored], ({ tool, id, object, container = '', text }) =>
    [tool, id, object, container, text].join('\n'),
  );
}

/** Our report of the files against kube-score on the same files. */
async function filesRecall(programs: Programs, { folder }: Subject): Promise<Recall> {
  const scored = await runKubeScore(programs['kube-score'], yamlFiles(folder));
  return recallOf(findingsOf(readManifests(folder, systemClock.now())), kubeScoreFindings(scored, 'default'));
}

function namespacesOf({ manifests, namespace, others = [] }: Subject): readonly string[] {
  return [
    ...new Set([namespace, ...others, ...manifests.map(({ metadata }) => metadata.namespace ?? namespace)]),
  ];
}

/** Puts an input into a cluster and lets both tools and our report look at it. Throws when one of them does not. */
export async function measure(programs: Programs, subject: Subject): Promise<Measured> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'rekindle-recall-'));
  const cluster = await TestCluster.start();
  try {
    mkdirSync(path.join(scratch, 'home'));
    const namespaces = namespacesOf(subject);
    for (const namespace of namespaces) await cluster.makeNamespace(namespace);
    const refused = await cluster.apply(subject.manifests, subject.namespace);
    await subject.deploy?.(cluster, scratch);
    await cluster.settle();
    const snapshots = await snapshotsOf(cluster, namespaces);
    const objects = objectsOf(snapshots);
    const findings = each(snapshots.flatMap(findingsOf), ({ check, object, container = '', claim }) =>
      [check, refText(object), container, claim].join('\n'),
    );
    const foreign = await theirs(programs, subject, { cluster, namespaces, objects, scratch });
    return {
      recall: recallOf(findings, foreign),
      files: await filesRecall(programs, subject),
      refused: refused.map(
        ({ manifest, why }) => `${manifest.kind} ${manifest.metadata.name}: ${why.slice(0, 200)}`,
      ),
      findings,
    };
  } finally {
    await cluster.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}
