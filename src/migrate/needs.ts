import type { Bench, Grant } from './bench.ts';
import { containersOf, replicasOf, textAt, valueAt, type Manifest } from './manifest.ts';
import type { Measured } from './measured.ts';
import { operatorCluster, type OperatorCluster } from './operator-cluster.ts';
import { neededSettings } from './overlay.ts';
import { gibibytes, quantityBytes } from './quantity.ts';
import { findHealthPath } from './rewrites/find-door.ts';
import type { SettingName } from './settings.ts';
import type { DatabaseChoice } from './target.ts';

/** What the stack needs of an infrastructure: everything that the programs are made from. */
export interface Needs {
  /** Name of the stack: the namespace of its front door or database. */
  readonly name: string;
  readonly database: DatabaseChoice;
  /** The operator's cluster, where there is one. */
  readonly cluster?: OperatorCluster;
  readonly grants: readonly Grant[];
  readonly storedSecrets: readonly string[];
  readonly settings: readonly SettingName[];
  readonly files: Bench['files'];
  /** Images as they are called on the target, without their tags. */
  readonly repositories: readonly string[];
  readonly healthPath: string;
  /** Disk of a managed database at its start, GiB. */
  readonly databaseGi: number;
  /** What the manifests ask for in all, and how many containers say nothing. */
  readonly requests: Requests;
}

/** Sum over all pods. */
export interface Requests {
  readonly cores: number;
  readonly memoryGi: number;
  readonly pods: number;
  readonly silent: number;
}

function podRequests(workload: Manifest): Requests {
  const own = containersOf(workload).filter(({ isInit }) => !isInit);
  const sum = (kind: string) =>
    own.reduce((total, { container }) => {
      const said = valueAt(container, ['resources', 'requests', kind]);
      const isSaid = typeof said === 'string' || typeof said === 'number';
      return total + (isSaid ? (quantityBytes(`${said}`) ?? 0) : 0);
    }, 0);
  const pods = workload.kind === 'CronJob' || workload.kind === 'Job' ? 0 : replicasOf(workload);
  const silent = own.filter(
    ({ container }) => textAt(container, ['resources', 'requests', 'memory']) === undefined,
  ).length;
  return { cores: sum('cpu') * pods, memoryGi: (sum('memory') * pods) / 1024 ** 3, pods, silent };
}

function allRequests(bench: Bench): Requests {
  const all = bench
    .objects()
    .filter((one) => containersOf(one).length > 0)
    .map(podRequests);
  const add = (pick: (requests: Requests) => number) => all.reduce((total, one) => total + pick(one), 0);
  return {
    cores: add(({ cores }) => cores),
    memoryGi: add(({ memoryGi }) => memoryGi),
    pods: add(({ pods }) => pods),
    silent: add(({ silent }) => silent),
  };
}

/** The namespace that holds the database, else the one with the most objects. */
function stackNamespace(manifests: readonly Manifest[]): string {
  const database = manifests.map(operatorCluster).find((one) => one !== undefined);
  if (database !== undefined) return database.namespace;
  const counts = new Map<string, number>();
  for (const { metadata } of manifests)
    if (metadata.namespace !== undefined)
      counts.set(metadata.namespace, (counts.get(metadata.namespace) ?? 0) + 1);
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return most?.[0] ?? 'stack';
}

/** Cloud SQL, RDS and flexible servers all begin at 10 to 32 GiB; three times the database leaves room for its log. */
const smallestDatabaseGi = 10;

/** What follows from the stack once the rules have rewritten it. */
export function needsOf(bench: Bench, database: DatabaseChoice, measured: Measured | undefined): Needs {
  const bases = bench.entries.flatMap(({ base }) => (base === undefined ? [] : [base]));
  const cluster = bases.map(operatorCluster).find((one) => one !== undefined);
  return {
    name: stackNamespace(bases),
    database,
    ...(cluster !== undefined && { cluster }),
    grants: bench.grants,
    storedSecrets: [...bench.storedSecrets].sort(),
    settings: neededSettings(bench),
    files: bench.files,
    repositories: [
      ...new Set([...bench.images.values()].map((image) => image.replace(/(@.*|:[^:/]+)$/, ''))),
    ].sort(),
    healthPath: findHealthPath(bases) ?? '/',
    databaseGi: Math.max(smallestDatabaseGi, gibibytes((measured?.databaseBytes ?? 0) * 3)),
    requests: allRequests(bench),
  };
}
