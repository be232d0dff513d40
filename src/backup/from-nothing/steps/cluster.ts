import { isNode } from '../../../domain/running-nodes.ts';
import { isFields } from '../../../harden/fields/fields.ts';
import { restoreLabel } from '../../cluster/restore-label.ts';
import { k3dConfigOf, k3dEnvironmentOf } from '../../cluster/k3d-config.ts';
import { applyPath, nodePatch } from '../node-patch.ts';
import type { RebuildContext, RebuildStep } from '../context.ts';
import { clusterStep } from '../rebuild-state.ts';
import { until } from '../until.ts';

/** A server takes its time on a slow machine that also pulls images, ms. */
const readyMs = 180_000;

async function removeHalf({ maker, backup, restore, say, signal }: RebuildContext): Promise<void> {
  const { name } = backup.definition;
  const { containers } = await maker.remains(name);
  if (containers.length === 0) return;
  // Looked at once more: what is somebody else's by now is not removed.
  const foreign = containers.filter(
    ({ role, labels }) => role !== 'other' && labels[restoreLabel] !== restore,
  );
  if (foreign.length > 0)
    throw new Error(`${foreign.map((container) => container.name).join(', ')} is not of this restore`);
  say(`removing what an interrupted run has half made of cluster ${name}`);
  await maker.remove(name, signal);
}

/** Makes the cluster as it was, by k3d. What an interrupted run has half made is removed first: there is nothing in it yet. */
export const makeCluster: RebuildStep = {
  id: clusterStep,
  title: 'make the cluster with k3d',
  run: async (context) => {
    const { maker, backup, restore, signal } = context;
    const { definition } = backup;
    await removeHalf(context);
    await maker.create(k3dConfigOf(definition, restore), k3dEnvironmentOf(definition), signal);
    const made = await maker.containers(definition.name);
    const server = made.find(({ role }) => role === 'server');
    const isSame = server?.image.id === definition.image.id;
    const nodes = made.filter(isNode).length;
    return `${nodes} nodes of ${definition.image.name}${isSame ? '' : ', which is another image by now'}`;
  },
};

const isReady = (status: unknown): boolean => {
  const conditions = isFields(status) && Array.isArray(status['conditions']) ? status['conditions'] : [];
  return (conditions as readonly { type?: string; status?: string }[]).some(
    ({ type, status: word }) => type === 'Ready' && word === 'True',
  );
};

/** Waits for every node and gives nodes the labels and taints that somebody had set. */
export const readyNodes: RebuildStep = {
  id: 'nodes',
  title: 'wait for the nodes, and set their labels and taints',
  run: async (context) => {
    const { servers, agents, nodeObjects, name } = context.backup.definition;
    const { reader, writer } = await context.access();
    const wait = { what: 'All nodes ready', place: `cluster ${name}`, deadlineMs: readyMs };
    const nodes = await until(context, wait, async () => {
      await reader.ready(context.signal);
      const found = await reader.list('/api/v1/nodes');
      const ready = found.filter((node) => isReady(node['status']));
      if (ready.length >= servers + agents) return ready;
      throw new Error(`${ready.length} of ${servers + agents} nodes are ready`);
    });
    const there = new Set(nodes.map(({ metadata }) => metadata.name));
    const set = nodeObjects.filter((node) => there.has(node.name));
    for (const node of set) await writer.apply({ path: applyPath(node.name), ...nodePatch(node) });
    const gone = nodeObjects.filter((node) => !there.has(node.name)).map((node) => node.name);
    const lost = gone.length === 0 ? '' : `; no node is called ${gone.join(', ')}: its labels are not set`;
    return `${nodes.length} nodes are ready${lost}`;
  },
};
