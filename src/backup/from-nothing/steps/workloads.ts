import { at } from '../../../export/collect/uses.ts';
import type { KubeObject } from '../../../ports/cluster.ts';
import { applyObjects } from '../apply-objects.ts';
import type { ClusterAccess, RebuildContext, RebuildStep } from '../context.ts';
import { groupsIn } from '../groups-in.ts';
import { workloadName } from '../object-groups.ts';
import { until } from '../until.ts';
import { causeText } from '../../../record/explained-error.ts';

/** So long one layer is waited for before the next begins: the proof at the end is what counts, ms. */
const layerMs = 90_000;

/** Workloads in layers, whoever is needed first; those of which discovery knows nothing come last. Pure. */
export function inLayers(
  workloads: readonly KubeObject[],
  layers: readonly (readonly string[])[],
): readonly (readonly KubeObject[])[] {
  const known = new Set(layers.flat());
  const ordered = layers.map((names) => workloads.filter((one) => names.includes(workloadName(one))));
  return [...ordered, workloads.filter((one) => !known.has(workloadName(one)))].filter(
    (layer) => layer.length > 0,
  );
}

const wanted = (object: KubeObject) => Number(at(object, 'spec', 'replicas') ?? 1);

async function isUp({ reader }: ClusterAccess, object: KubeObject): Promise<boolean> {
  const { kind, metadata } = object;
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return true;
  const plural = kind === 'Deployment' ? 'deployments' : 'statefulsets';
  const place = `/apis/apps/v1/namespaces/${encodeURIComponent(metadata.namespace ?? '')}/${plural}`;
  const found = await reader.get(`${place}/${encodeURIComponent(metadata.name)}`);
  return Number(at(found, 'status', 'readyReplicas') ?? 0) >= wanted(object);
}

async function waitFor(
  context: RebuildContext,
  access: ClusterAccess,
  layer: readonly KubeObject[],
): Promise<void> {
  const names = layer.map((object) => workloadName(object)).join(', ');
  try {
    await until(context, { what: `${names} ready`, place: names, deadlineMs: layerMs }, async () => {
      const up = await Promise.all(layer.map((object) => isUp(access, object)));
      return up.every(Boolean) || undefined;
    });
  } catch (error) {
    context.signal.throwIfAborted();
    context.say(`going on: ${causeText(error)}`);
  }
}

/** Gives the workloads their pods in the order of who needs whom, then makes what runs at once. */
export const startWorkloads: RebuildStep = {
  id: 'workloads',
  title: 'start the workloads in the order of who needs whom',
  run: async (context) => {
    const access = await context.access();
    const { workloads, last } = groupsIn(context.backup);
    const layers = inLayers(workloads, await context.layers());
    for (const layer of layers) {
      await applyObjects(context, access, layer);
      await waitFor(context, access, layer);
    }
    await applyObjects(context, access, last);
    return layers.map((layer) => layer.map((object) => object.metadata.name).join(', ')).join('; then ');
  },
};
