import type { ActContext } from '../../src/act/define-step.ts';
import { RunLog } from '../../src/app/run-log.ts';
import type { Session } from '../../src/cli/session.ts';
import type { Component, Stack } from '../../src/domain/stack.ts';
import { KeptAnswers } from '../../src/observe/kept-answers.ts';
import { LateAnswers } from '../../src/observe/late-answers.ts';
import type { KubeObject } from '../../src/ports/cluster.ts';
import { memoryJournal } from './memory-journal.ts';
import { now, shopCluster, stack } from './observation.ts';
import { scriptedPrograms } from './scripted-programs.ts';
import { VirtualClock } from './virtual-clock.ts';

const namespace = 'shop';
const time = (at: number) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
const secret = (key: string) => ({ namespace, name: 'app.shop-db.credentials', key });

/** A pod that runs for ten minutes. */
export function runningPod(
  name: string,
  labels: Readonly<Record<string, string>>,
  isReady = true,
): KubeObject {
  const startedAt = time(now - 600_000);
  const status = { name: 'main', image: 'x:1', ready: isReady, restartCount: 0 };
  return {
    metadata: { name, namespace, uid: `uid-of-${name}`, labels, creationTimestamp: startedAt },
    spec: { containers: [{ name: 'main', image: 'x:1' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: startedAt }],
      containerStatuses: [{ ...status, state: { running: { startedAt } } }],
    },
  };
}

/** A workload of the stack, as discovery describes it. */
export function component(
  name: string,
  adapter: Component['adapter'],
  podLabels: Readonly<Record<string, string>> = { app: name },
): Component {
  return {
    ref: { kind: 'StatefulSet', namespace, name },
    adapter,
    why: `image ${name}:1`,
    dependsOn: [],
    podLabels,
  };
}

const clusterLabels = { application: 'spilo', 'cluster-name': 'shop-db' };

/** What makes the shop, and what of it may be broken; all may be changed between two looks. */
export interface DataShop {
  /** Why a GET of this path fails now; undefined: it does not. */
  fails: (path: string) => string | undefined;
  stack: Stack;
  pods: readonly KubeObject[];
  /** Whether the stack can be discovered anew. */
  isDiscovered: boolean;
  readonly session: Session;
}

/** A shop with one database cluster and one Redis, and a session of a command that looks at it. */
export function dataShop(): DataShop {
  const clock = new VirtualClock(now);
  const asked = async <T>(path: string, value: T): Promise<T> => {
    const why = shop.fails(path);
    if (why !== undefined) throw new Error(why);
    return value;
  };
  const workloads = (kind: string) =>
    shop.stack.components
      .filter(({ ref }) => ref.kind === kind)
      .map(({ ref, podLabels }) => ({
        metadata: { name: ref.name, namespace, uid: ref.name },
        spec: { replicas: 1, selector: { matchLabels: podLabels } },
      }));
  const lists: Readonly<Record<string, () => readonly unknown[]>> = {
    [`/api/v1/namespaces/${namespace}/pods`]: () => shop.pods,
    [`/apis/apps/v1/namespaces/${namespace}/statefulsets`]: () => workloads('StatefulSet'),
  };
  const leader = { metadata: { annotations: { leader: 'shop-db-0', renewTime: time(now) } } };
  const context = {
    get stack() {
      return shop.stack;
    },
    clock,
    reader: {
      ready: () => asked('/readyz', undefined),
      list: (path: string) => asked(path, lists[path]?.() ?? []),
      get: (path: string) => asked(path, path.endsWith('/endpoints/shop-db') ? leader : undefined),
      secret: ({ key }: { readonly key: string }) => asked('Secret', key === 'username' ? 'app' : 'x'),
    },
    provider: { containers: () => Promise.resolve([]) },
    sql: { query: () => Promise.resolve({ ok: true, rows: [{ in_recovery: 'f', wal_position: '0/1' }] }) },
    kept: new KeptAnswers(clock),
    late: new LateAnswers(clock),
    signal: new AbortController().signal,
  } as unknown as ActContext;
  let discoveredAt = Number.NEGATIVE_INFINITY;
  const source = {
    known: true,
    due: (at: number) => at - discoveredAt >= 15_000,
    refresh: (at: number) => {
      if (!shop.isDiscovered) return Promise.reject(new Error('connection refused'));
      discoveredAt = at;
      return Promise.resolve();
    },
  };
  const log = new RunLog({ store: memoryJournal(), target: shopCluster }, clock, {});
  const shop: DataShop = {
    fails: () => undefined,
    stack: {
      ...stack,
      components: [component('shop-db', 'patroni', clusterLabels), component('redis', 'redis')],
      databases: [
        {
          namespace,
          cluster: 'shop-db',
          memberLabels: clusterLabels,
          app: { database: 'shop', user: secret('username'), password: secret('password') },
        },
      ],
      poolers: [],
    },
    pods: [runningPod('shop-db-0', clusterLabels), runningPod('redis-0', { app: 'redis' })],
    isDiscovered: true,
    session: {
      context,
      source,
      log,
      target: { cluster: 'shop', context: 'k3d-shop', engine: 'none' },
      programs: scriptedPrograms(() => ({ code: 1, complaint: 'nothing runs here' })),
    } as unknown as Session,
  };
  return shop;
}
