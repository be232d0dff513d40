import { annotationsOf, Bench } from './bench.ts';
import {
  containersOf,
  fieldsOf,
  nameOf,
  podLabels,
  podsOf,
  selects,
  textAt,
  valueAt,
  type Manifest,
} from './manifest.ts';
import { operatorCluster, userSecret, type OperatorCluster } from './operator-cluster.ts';
import { findDoors } from './rewrites/find-door.ts';
import { isRedis } from './rewrites/other-data.ts';
import { podVolumes } from './rewrites/pod-volumes.ts';

/** A workload of the old cluster and how many pods it had. */
export interface Scaled {
  readonly namespace: string;
  /** `deployment/django`. */
  readonly name: string;
  readonly replicas: number;
}

/** Files of the old cluster that no dump has. */
export interface OldFiles {
  readonly namespace: string;
  readonly workload: string;
  readonly selector: string;
  readonly container: string;
  readonly mountPath: string;
  /** `deployment/django`, where it runs on the target as well. */
  readonly runsAs: string;
  /** An emptyDir goes with its pod. */
  readonly goesWithPod: boolean;
  /** On the target all pods read the same files. */
  readonly isShared: boolean;
  /** The claim that they are on; its files are the same for whoever mounts it. */
  readonly claim?: string;
}

/** The write that the owner allows Rekindle to make (annotation `rekindle.dev/write-probe`). */
export interface WriteProbe {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON in which `${id}` stands for a name of this write. */
  readonly body?: string;
  readonly expectStatus: number;
  readonly readBack?: string;
}

/** What the runbook needs to know of the old stack, from the objects before they were rewritten. */
export interface OldStack {
  readonly namespace: string;
  readonly cluster?: OperatorCluster;
  /** Lets customers in. */
  readonly doors: readonly Scaled[];
  /** May write to the database, or works off what others have queued. */
  readonly writers: readonly Scaled[];
  readonly cronJobs: readonly Scaled[];
  /** Writers that only queue work for others: stopped before the queue is watched. */
  readonly schedulers: readonly Scaled[];
  readonly redis: readonly Scaled[];
  readonly files: readonly OldFiles[];
  readonly probe?: WriteProbe;
}

const scaledIn =
  (all: readonly Manifest[]) =>
  (manifest: Manifest): Scaled => ({
    namespace: manifest.metadata.namespace ?? 'default',
    name: runsAs(manifest),
    replicas: podsOf(manifest, all),
  });

const runsAs = ({ kind, metadata }: Manifest) => `${kind.toLowerCase()}/${metadata.name}`;

/** A workload that is told the name of the database, or gets the secret of one of its roles. */
function mayWrite(manifest: Manifest, cluster: OperatorCluster | undefined): boolean {
  const text = JSON.stringify(valueAt(manifest, ['spec']) ?? {});
  if (cluster === undefined) return /postgres(ql)?:\/\/|PGHOST|DATABASE_URL|DB_HOST/.test(text);
  const secrets = Object.keys(cluster.users).map((user) => userSecret(cluster, user));
  return [cluster.name, ...secrets].some((name) => text.includes(name));
}

function writeProbe(bench: Bench): WriteProbe | undefined {
  const text = bench
    .objects('Service')
    .map((service) => annotationsOf(service)['rekindle.dev/write-probe'])
    .find((found) => found !== undefined);
  if (text === undefined) return undefined;
  try {
    const fields = fieldsOf(JSON.parse(text));
    const readBack = textAt(fields, ['readBack']);
    return {
      method: textAt(fields, ['method']) ?? 'POST',
      path: textAt(fields, ['path']) ?? '/',
      headers: fieldsOf(fields['headers']) as Record<string, string>,
      ...(fields['body'] !== undefined && { body: JSON.stringify(fields['body']) }),
      expectStatus: Number(fields['expectStatus'] ?? 200),
      ...(readBack !== undefined && { readBack }),
    };
  } catch {
    // What is no JSON is no probe; `rekindle verify` says so of the running stack.
    return undefined;
  }
}

/** Celery's beat and the like. */
function isScheduler(manifest: Manifest): boolean {
  return containersOf(manifest).some(({ container }) =>
    [container['command'], container['args']].flat().some((word) => word === 'beat' || word === 'scheduler'),
  );
}

function filesOf(manifest: Manifest, isShared: boolean): readonly OldFiles[] {
  const selector = Object.entries(podLabels(manifest))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  return podVolumes(manifest).flatMap(({ source, mounts }) => {
    const mount = mounts.find(({ readOnly }) => !readOnly);
    const claim = textAt(source, ['persistentVolumeClaim', 'claimName']);
    const goesWithPod = source['emptyDir'] !== undefined;
    const isFiles =
      goesWithPod || source['hostPath'] !== undefined || source['persistentVolumeClaim'] !== undefined;
    if (mount === undefined || !isFiles) return [];
    return [
      {
        namespace: manifest.metadata.namespace ?? 'default',
        workload: nameOf(manifest),
        selector,
        container: mount.container,
        mountPath: mount.mountPath,
        runsAs: runsAs(manifest),
        goesWithPod,
        isShared,
        ...(claim !== undefined && { claim }),
      },
    ];
  });
}

/** Whose files get a new place, by the names of the workloads; `shared`: on the target all their pods read the same. */
export interface Moved {
  readonly moved: ReadonlySet<string>;
  readonly shared: ReadonlySet<string>;
}

/** Workloads whose files are copied: those that a rule has moved, and those with claims of their own. */
function keepsFiles(manifest: Manifest, moved: ReadonlySet<string>): boolean {
  const hasClaim = podVolumes(manifest).some(({ source }) => source['persistentVolumeClaim'] !== undefined);
  return moved.has(nameOf(manifest)) || (hasClaim && !isRedis(manifest));
}

/** The files of a claim are copied once, from the first workload that runs all the time and mounts it. */
function onceEach(files: readonly OldFiles[]): readonly OldFiles[] {
  const runs = ({ runsAs: name }: OldFiles) => !/^(cronjob|job)\//.test(name);
  return files.filter((one) => {
    if (one.claim === undefined) return true;
    const same = files.filter(({ claim, namespace }) => claim === one.claim && namespace === one.namespace);
    return (same.find(runs) ?? same[0]) === one;
  });
}

/** Looks at the stack as it is before the rules. */
export function oldStack(manifests: readonly Manifest[], { moved, shared }: Moved): OldStack {
  const bench = new Bench(manifests);
  const all = bench.objects().filter((one) => containersOf(one).length > 0);
  const cluster = manifests.map(operatorCluster).find((one) => one !== undefined);
  const { doors } = findDoors(bench);
  const scaled = scaledIn(manifests);
  const isDoor = (manifest: Manifest) =>
    doors.some(({ backends }) =>
      backends.some(
        ({ service }) =>
          service.metadata.namespace === manifest.metadata.namespace &&
          selects(fieldsOf(valueAt(service, ['spec', 'selector'])), podLabels(manifest)),
      ),
    );
  const running = all.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  const probe = writeProbe(bench);
  return {
    namespace: cluster?.namespace ?? doors[0]?.namespace ?? running[0]?.metadata.namespace ?? 'default',
    ...(cluster !== undefined && { cluster }),
    doors: running.filter(isDoor).map(scaled),
    writers: running.filter((one) => !isDoor(one) && mayWrite(one, cluster)).map(scaled),
    schedulers: running.filter((one) => !isDoor(one) && isScheduler(one)).map(scaled),
    cronJobs: all.filter(({ kind }) => kind === 'CronJob').map(scaled),
    redis: running.filter(isRedis).map(scaled),
    files: onceEach(
      all.filter((one) => keepsFiles(one, moved)).flatMap((one) => filesOf(one, shared.has(nameOf(one)))),
    ),
    ...(probe !== undefined && { probe }),
  };
}
