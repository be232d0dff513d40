import { discover } from '../../src/discover/discover.ts';
import { couldNotLook, saw } from '../../src/domain/looked.ts';
import type { Fields } from '../../src/harden/fields/fields.ts';
import type { HardenInventory, HardenWorkload } from '../../src/harden/inventory.ts';
import type { Measure } from '../../src/harden/measure.ts';
import { measures } from '../../src/harden/measures/index.ts';
import type { Measurements } from '../../src/harden/measurements.ts';
import { workloadSpec, type WorkloadSpec } from '../../src/harden/workload-spec.ts';
import { exampleLab } from './example-shop.ts';
import { inventoryOf, type Manifest } from './inventory.ts';
import { node, now } from './observation.ts';

/** Every program that a measure may ask for, as in the image of the example. */
export const allTools: readonly string[] = [
  'python3',
  'bash',
  'timeout',
  'getent',
  'sleep',
  'redis-cli',
  'sh',
  'redis-check-aof',
  'cp',
  'cmp',
  'truncate',
  'tail',
  'tr',
  'wc',
  'sync',
  'date',
  'rm',
];

const isWorkload = ({ kind }: Manifest) => kind === 'Deployment' || kind === 'StatefulSet';

/** A workload as it was looked at when everything could be looked at and nothing stood out. */
export function hardenWorkload(
  namespace: string,
  manifest: Manifest,
  changes: Partial<HardenWorkload> = {},
): HardenWorkload {
  const object = { ...manifest, metadata: { ...manifest.metadata, namespace, uid: manifest.metadata.name } };
  const spec = workloadSpec(manifest.kind as WorkloadSpec['kind'], object);
  return {
    ...spec,
    pods: [],
    tools: Object.fromEntries(spec.containers.map(({ name }) => [name, saw(allTools, 'node', now)])),
    probed: {},
    warnings: saw([], 'events', now),
    ...changes,
  };
}

/** What the measures judge, made of these objects. */
export async function hardenInventory(
  manifests: readonly Manifest[] = exampleLab(),
  changes: Partial<HardenInventory> = {},
  namespace = 'jewelry-shop',
): Promise<HardenInventory> {
  const discovered = await inventoryOf(namespace, manifests);
  const stack = discover(discovered, {
    cluster: { provider: 'k3d', name: 'shop', context: 'k3d-shop' },
    published: new Map([[30443, '127.0.0.1:8443']]),
    certificateNames: new Map([['jewelry-shop-tls', 'jewelry-shop.local']]),
  });
  return {
    at: now,
    stack,
    discovered,
    workloads: manifests.filter(isWorkload).map((manifest) => hardenWorkload(namespace, manifest)),
    budgets: saw([], 'PodDisruptionBudgets', now),
    containers: saw([node('server-0', { role: 'server', hasStaticAddress: true })], 'engine', now),
    dns: couldNotLook('not asked', 'DNS', now),
    ...changes,
  };
}

/** A journal in which nothing was measured. */
export const nothingMeasured: Measurements = { starts: new Map(), faults: new Map() };

/** A journal with the longest start of these components, seconds. */
export function measured(seconds: Readonly<Record<string, number>>): Measurements {
  const starts = Object.entries(seconds).map(
    ([name, longestSeconds]) => [name, { longestSeconds, count: 3, longestAt: now }] as const,
  );
  return { ...nothingMeasured, starts: new Map(starts) };
}

/** The measures of one name. */
export function judged(
  name: keyof typeof measures,
  inventory: HardenInventory,
  measurements: Measurements = nothingMeasured,
): readonly Measure[] {
  return measures[name](inventory, measurements);
}

/** The one container of a list of containers in a measure's patch. */
export function patchedContainer(
  measure: Measure | undefined,
  list: 'containers' | 'initContainers',
): Fields | undefined {
  if (measure?.change.by !== 'patch') return undefined;
  const { spec } = measure.change.patch as {
    spec: { template: { spec: Readonly<Record<string, readonly Fields[]>> } };
  };
  return spec.template.spec[list]?.[0];
}
