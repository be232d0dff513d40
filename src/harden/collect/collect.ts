import { inventoryOf, readInventory, type InventoryObjects } from '../../discover/inventory.ts';
import { seen, type Looked } from '../../domain/looked.ts';
import { refText } from '../../domain/object-ref.ts';
import type { NodeContainer, PodFacts } from '../../domain/observation.ts';
import { hasLabels } from '../../domain/pod-selection.ts';
import type { ObserveContext } from '../../observe/context.ts';
import { look } from '../../observe/look.ts';
import { podFacts } from '../../observe/pod-facts.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { budgetOf, type Budget } from '../budget.ts';
import { componentOf, type HardenInventory, type HardenWorkload, type HealthLook } from '../inventory.ts';
import { customServers } from '../measures/host-name.ts';
import { withoutOurs } from '../plan-hardening.ts';
import { workloadSpec, type WorkloadSpec } from '../workload-spec.ts';
import { collectDnsSetup, customPath } from './dns-setup.ts';
import { lookAtDoorPod, lookAtProbe, lookAtWebPod } from './http-look.ts';
import { collectTools } from './tools.ts';

/** What was looked at, and the objects themselves as they are, by `refText`. */
export interface Collected {
  readonly inventory: HardenInventory;
  readonly lives: ReadonlyMap<string, KubeObject>;
  /** What could not be looked at, one line each. */
  readonly unseen: readonly string[];
  /** Those of them that may hold objects which this program has changed: `lives` is without these. */
  readonly unread: readonly string[];
}

/** The pods with what the API says of them. */
interface Pods {
  readonly objects: ReadonlyMap<string, KubeObject>;
  readonly facts: readonly PodFacts[];
}

async function collectPods({ reader, stack }: ObserveContext): Promise<Pods> {
  const objects = await reader.list(`/api/v1/namespaces/${stack.namespace}/pods`);
  return {
    objects: new Map(objects.map((object) => [object.metadata.uid, object])),
    facts: objects.map((object) => podFacts(object)),
  };
}

/** Warnings about probes, by pod: the kubelet says that it counted a redirect as success, once an hour at least. */
async function collectWarnings({ reader, stack }: ObserveContext): Promise<ReadonlyMap<string, string>> {
  const events = await reader.list(`/api/v1/namespaces/${stack.namespace}/events`, {
    fieldSelector: 'reason=ProbeWarning',
  });
  const warnings = events.flatMap((event) => {
    const { name } = (event['involvedObject'] ?? {}) as { readonly name?: string };
    const message = event['message'];
    return name !== undefined && typeof message === 'string' && message.startsWith('Readiness')
      ? [[name, 'the kubelet warns that it counted a redirect as success'] as const]
      : [];
  });
  return new Map(warnings);
}

async function healthOf(
  context: ObserveContext,
  spec: WorkloadSpec,
  pod: PodFacts | undefined,
): Promise<HealthLook | undefined> {
  const { frontDoor: door } = context.stack;
  const [container] = spec.containers;
  if (door === undefined || door.healthPath === '/' || pod === undefined || container === undefined)
    return undefined;
  if (hasLabels(pod, door.podLabels)) return lookAtDoorPod(context, pod, door, container.name);
  return componentOf(spec, context.stack)?.adapter === 'web'
    ? lookAtWebPod(context, pod, door, container)
    : undefined;
}

interface Surroundings {
  readonly nodes: readonly NodeContainer[];
  readonly pods: Pods;
  readonly warnings: Looked<ReadonlyMap<string, string>>;
}

async function hardenWorkload(
  context: ObserveContext,
  spec: WorkloadSpec,
  { nodes, pods, warnings }: Surroundings,
): Promise<HardenWorkload> {
  const labels = componentOf(spec, context.stack)?.podLabels ?? {};
  const own = pods.facts.filter((pod) => hasLabels(pod, labels) && !pod.deleting);
  const running = own.find((pod) => pod.ready);
  const probed = await Promise.all(
    spec.containers.map(async (container) => {
      const found = await lookAtProbe(context, running, container);
      return found === undefined ? [] : [[container.name, found] as const];
    }),
  );
  const object = running === undefined ? undefined : pods.objects.get(running.uid);
  const names = spec.containers.map(({ name }) => name);
  const health = await healthOf(context, spec, running);
  return {
    ...spec,
    pods: own,
    // What somebody else writes is not patched: its programs do not matter.
    tools: spec.writer === undefined ? await collectTools(context, nodes, object, names) : {},
    probed: Object.fromEntries(probed.flat()),
    warnings: warnings.looked
      ? { ...warnings, value: own.flatMap(({ name }) => warnings.value.get(name) ?? []) }
      : warnings,
    ...(health !== undefined && { health }),
  };
}

function unseenOf(looks: readonly Looked<unknown>[]): readonly string[] {
  return looks.flatMap((entry) => (entry.looked ? [] : [`${entry.from}: ${entry.why}`]));
}

/** Budgets, and the same as they would be without this program's changes. */
async function collectBudgets({ reader, stack }: ObserveContext) {
  const objects = await reader.list(`/apis/policy/v1/namespaces/${stack.namespace}/poddisruptionbudgets`);
  return { objects, budgets: objects.map((object) => budgetOf(withoutOurs(object))) };
}

type BudgetLook = Awaited<ReturnType<typeof collectBudgets>>;

function budgetsOf(found: Looked<BudgetLook>): Looked<readonly Budget[]> {
  return found.looked ? { ...found, value: found.value.budgets } : found;
}

interface OwnObject {
  readonly kind: WorkloadSpec['kind'];
  readonly object: KubeObject;
}

function workloadsOf({ deployments, statefulSets }: InventoryObjects): readonly OwnObject[] {
  return [
    ...deployments.map((object) => ({ kind: 'Deployment', object }) as const),
    ...statefulSets.map((object) => ({ kind: 'StatefulSet', object }) as const),
  ];
}

/**
 * What discovery takes these objects for, as they would be without this program's changes: a wait of ours is no wait that was
 * there before it, and a measure that is applied would not be called for.
 */
function discoveredOf(namespace: string, objects: InventoryObjects) {
  const { deployments, statefulSets } = objects;
  return inventoryOf(namespace, {
    ...objects,
    deployments: deployments.map(withoutOurs),
    statefulSets: statefulSets.map(withoutOurs),
  });
}

/**
 * Looks at everything that the measures judge; changes nothing. Throws when workloads, pods or Services cannot be read:
 * without them there is nothing to judge. What else cannot be looked at says why.
 */
export async function collectHardening(context: ObserveContext): Promise<Collected> {
  const { reader, provider, stack, clock } = context;
  const at = clock.now();
  const [found, pods] = await Promise.all([readInventory(reader, stack.namespace), collectPods(context)]);
  const objects = workloadsOf(found);
  const [containers, budgets, custom, warnings] = await Promise.all([
    look(clock, 'container engine', () => provider.containers(stack.cluster.name)),
    look(clock, 'PodDisruptionBudgets', () => collectBudgets(context)),
    look(clock, 'ConfigMap coredns-custom', () => reader.get(customPath)),
    look(clock, 'events', () => collectWarnings(context)),
  ]);
  const nodes = seen(containers) ?? [];
  const ownServers = seen(custom);
  const dns = await look(clock, 'cluster DNS', () =>
    collectDnsSetup(reader, nodes, ownServers === undefined ? undefined : withoutOurs(ownServers)),
  );
  const discovered = discoveredOf(stack.namespace, found);
  const workloads = await Promise.all(
    objects.map(({ kind, object }) =>
      hardenWorkload(context, workloadSpec(kind, withoutOurs(object)), { nodes, pods, warnings }),
    ),
  );
  const lives = new Map<string, KubeObject>([
    ...objects.map(({ kind, object }) => named(kind, object)),
    ...(seen(budgets)?.objects ?? []).map((object) => named('PodDisruptionBudget', object)),
    ...(ownServers === undefined
      ? []
      : [[refText({ kind: 'ConfigMap', ...customServers }), ownServers] as const]),
  ]);
  const inventory = { at, stack, discovered, workloads, budgets: budgetsOf(budgets), containers, dns };
  return {
    inventory,
    lives,
    unseen: unseenOf([containers, budgets, custom, dns, warnings]),
    unread: unseenOf([budgets, custom]),
  };
}

function named(kind: string, object: KubeObject): readonly [string, KubeObject] {
  const { namespace, name } = object.metadata;
  return [refText({ kind, name, ...(namespace !== undefined && { namespace }) }), object];
}
