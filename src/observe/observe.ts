import { couldNotLook, saw, seen, type Looked } from '../domain/looked.ts';
import type { NodeContainer, Observation, PodFacts, PoolerFacts } from '../domain/observation.ts';
import { collectAppendOnlyFiles } from './collectors/append-only-files.ts';
import { collectCrashes } from './collectors/crashes.ts';
import { collectDatabases } from './collectors/databases.ts';
import { collectDns } from './collectors/dns.ts';
import { collectEdge } from './collectors/edge.ts';
import { collectEmptyDirs } from './collectors/empty-dirs.ts';
import { collectFrontDoor } from './collectors/front-door.ts';
import { collectLoadBalancers } from './collectors/load-balancer.ts';
import { collectMaintenance } from './collectors/maintenance.ts';
import { collectNetworkCaches } from './collectors/network-caches.ts';
import { collectNetworkPolicies } from './collectors/network-policies.ts';
import { collectNodes } from './collectors/nodes.ts';
import { collectPoolers } from './collectors/poolers.ts';
import { collectReplication } from './collectors/replication.ts';
import { collectWorkloads } from './collectors/workloads.ts';
import type { ObserveContext } from './context.ts';
import { look } from './look.ts';
import { podFacts } from './pod-facts.ts';
import { hasLabels, isFresh, isReported } from '../domain/pod-selection.ts';

function notAsked<T>(context: ObserveContext, why: string): Looked<T> {
  return couldNotLook<T>(why, 'not asked', context.clock.now());
}

/**
 * What no decision of the next second hangs on is asked less often, ms: every question costs CPU of a machine on which
 * the whole stack starts at once.
 */
const slowMs = 1500;

/** A person changes them, ms. */
const policiesMs = 5000;

/** A person writes them before they begin to work, ms. */
const maintenanceMs = 10_000;

/** A Lease is renewed every 10 s (kubernetes.io, Leases), ms. */
const nodesMs = 5000;

/** An API that answered a moment ago is asked for what is needed of it; its silence shows there, ms. */
const readyMs = 1000;

const keep = <T>(answer: Looked<T>) => answer.looked;

/**
 * Looks at every layer once, lower layers first: a layer above is asked only when the one below answers, because
 * some questions do harm (a login that fails starts PgBouncer's ban, a refused connection makes the load balancer
 * shun a node). Never throws; what could not be looked at says why.
 */
export async function observe(context: ObserveContext): Promise<Observation> {
  const at = context.clock.now();
  const { reader, provider, stack, clock } = context;
  const [containers, api] = await Promise.all([
    look(clock, 'container engine', () => provider.containers(stack.cluster.name)),
    context.kept.ask(
      'GET /readyz',
      readyMs,
      () =>
        look(clock, 'GET /readyz', async () => {
          await reader.ready();
          return { ready: true } as const;
        }),
      keep,
    ),
  ]);
  const loadBalancers = await look(clock, 'load balancers that do not run', () =>
    collectLoadBalancers(context, seen(containers) ?? []),
  );
  const engine = { at, containers, loadBalancers, api };
  if (!api.looked) return withoutApi(context, engine);

  const slowly = <T>(from: string, ms: number, read: () => Promise<T>) =>
    context.kept.ask(from, ms, () => look(clock, from, read), keep);
  const [nodes, pods, workloads, maintenance, dns] = await Promise.all([
    slowly('nodes and Leases', nodesMs, () => collectNodes(reader)),
    look(clock, 'pods', async () =>
      (await reader.list(`/api/v1/namespaces/${stack.namespace}/pods`)).map((object) => podFacts(object)),
    ),
    slowly('workloads', slowMs, () => collectWorkloads(reader, stack.namespace)),
    slowly('maintenance annotations', maintenanceMs, () => collectMaintenance(reader, stack)),
    look(clock, 'cluster DNS', () => collectDns(context)),
  ]);
  const fresh = (seen(pods) ?? []).filter((pod) => isFresh(pod, seen(containers)));
  const reported = (seen(pods) ?? []).filter((pod) => isReported(pod, seen(containers)));
  const databases = await look(clock, 'databases', () => collectDatabases(context, fresh));
  const [crashed, emptyDirs, networkCaches, poolers, replicated, door] = await Promise.all([
    askCrashed(context, reported),
    look(clock, 'emptyDir volumes', () => collectEmptyDirs(context, seen(containers) ?? [], reported)),
    look(clock, 'network caches', () =>
      collectNetworkCaches(context, seen(containers) ?? [], seen(pods) ?? [], seen(dns)),
    ),
    look(clock, 'poolers', () => collectPoolers(context, fresh, seen(databases) ?? [], seen(dns))),
    collectReplication(context, databases, fresh),
    askDoor(context, fresh, seen(containers) ?? []),
  ]);
  const networkPolicies = await askPolicies(context, seen(poolers) ?? []);
  return {
    ...engine,
    nodes,
    dns,
    pods,
    workloads,
    maintenance,
    databases: replicated,
    poolers,
    networkPolicies,
    emptyDirs,
    networkCaches,
    ...crashed,
    ...door,
  };
}

type EngineLooks = Pick<Observation, 'at' | 'containers' | 'loadBalancers' | 'api'>;

function withoutApi(context: ObserveContext, engine: EngineLooks): Observation {
  const why = 'the Kubernetes API does not answer';
  return {
    ...engine,
    nodes: notAsked(context, why),
    dns: notAsked(context, why),
    pods: notAsked(context, why),
    networkCaches: notAsked(context, why),
    crashes: notAsked(context, why),
    emptyDirs: notAsked(context, why),
    appendOnlyFiles: notAsked(context, why),
    workloads: notAsked(context, why),
    maintenance: notAsked(context, why),
    databases: notAsked(context, why),
    poolers: notAsked(context, why),
    networkPolicies: notAsked(context, why),
    edge: notAsked(context, why),
    frontDoor: notAsked(context, why),
  };
}

/** Policies are read only when somebody may be cut off by one. */
function askPolicies(
  { kept, reader, stack, clock }: ObserveContext,
  poolers: readonly PoolerFacts[],
): Promise<Observation['networkPolicies']> | Observation['networkPolicies'] {
  const isCutOff = poolers.some(({ login }) => login.result === 'refused' || login.result === 'unreachable');
  if (!isCutOff) return couldNotLook('no pooler turns the app away', 'not asked', clock.now());
  const from = 'network policies';
  const read = () => collectNetworkPolicies(reader, stack.namespace);
  return kept.ask(from, policiesMs, () => look(clock, from, read), keep);
}

/** Last words first: they say which files are worth a look. */
async function askCrashed(
  context: ObserveContext,
  reported: readonly PodFacts[],
): Promise<Pick<Observation, 'crashes' | 'appendOnlyFiles'>> {
  const { clock } = context;
  const crashes = await look(clock, 'logs of crashed containers', () => collectCrashes(context, reported));
  const lastWords = seen(crashes) ?? [];
  const files = await collectAppendOnlyFiles(context, reported, lastWords);
  return { crashes, appendOnlyFiles: saw(files, 'append-only files', clock.now()) };
}

/**
 * The front door is not visited while the nodes refuse what the load balancer would ask them: a visit then makes it
 * shun them for seconds in which they already work (measured: up to 10 s).
 */
async function askDoor(
  context: ObserveContext,
  fresh: readonly PodFacts[],
  nodes: readonly NodeContainer[],
): Promise<Pick<Observation, 'edge' | 'frontDoor'>> {
  const door = context.stack.frontDoor;
  if (door === undefined) {
    const why = 'no front door is known';
    return { edge: notAsked(context, why), frontDoor: notAsked(context, why) };
  }
  const servers = fresh.filter((pod) => hasLabels(pod, door.podLabels) && pod.ready && !pod.deleting);
  if (servers.length === 0) {
    const why = 'no web server pod is ready since the boot';
    return { edge: notAsked(context, why), frontDoor: notAsked(context, why) };
  }
  const edge = await look(context.clock, 'web server past the load balancer', () =>
    collectEdge(context, door, nodes, servers),
  );
  const answers = seen(edge) ?? [];
  // Only the nodes' own no counts: a pod may be asked on a port that was merely assumed.
  const refused =
    answers.length > 0 && answers.every(({ kind, status }) => kind === 'Node' && status === undefined);
  const frontDoor = refused
    ? notAsked<never>(context, 'the nodes do not lead to a web server yet')
    : await look(context.clock, 'front door', () => collectFrontDoor(context, door));
  return { edge, frontDoor };
}
