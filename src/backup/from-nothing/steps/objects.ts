import { itemsOf } from '../../../harden/fields/fields.ts';
import { at, textAt } from '../../../export/collect/uses.ts';
import type { KubeObject } from '../../../ports/cluster.ts';
import { applyObjects } from '../apply-objects.ts';
import type { ClusterAccess, RebuildContext, RebuildStep } from '../context.ts';
import { groupsIn } from '../groups-in.ts';
import { until } from '../until.ts';
import type { ObjectGroups } from '../object-groups.ts';

/** Images may have to be pulled by each node, ms. */
const availableMs = 300_000;
const establishedMs = 60_000;

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

function hasCondition(object: KubeObject | undefined, type: string): boolean {
  return itemsOf(at(object, 'status', 'conditions')).some(
    (condition) => condition['type'] === type && condition['status'] === 'True',
  );
}

async function established(
  context: RebuildContext,
  { reader }: ClusterAccess,
  objects: readonly KubeObject[],
): Promise<void> {
  for (const { kind, metadata } of objects) {
    if (kind !== 'CustomResourceDefinition') continue;
    const { name } = metadata;
    await until(
      context,
      { what: `Definition ${name} established`, place: name, deadlineMs: establishedMs },
      async () => hasCondition(await reader.get(`${definitions}/${name}`), 'Established') || undefined,
    );
  }
}

/** Waits until the Deployments have a pod that is ready; one that nobody wants pods of is not waited for. */
async function available(
  context: RebuildContext,
  { reader }: ClusterAccess,
  objects: readonly KubeObject[],
): Promise<void> {
  for (const { kind, metadata, spec } of objects) {
    if (kind !== 'Deployment' || at({ spec }, 'spec', 'replicas') === 0) continue;
    const { name, namespace = '' } = metadata;
    const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/deployments/${encodeURIComponent(name)}`;
    await until(
      context,
      { what: `Deployment ${namespace}/${name} available`, place: name, deadlineMs: availableMs },
      async () => {
        const found = await reader.get(path);
        const condition = itemsOf(at(found, 'status', 'conditions')).find(({ type }) => type === 'Available');
        if (condition?.['status'] === 'True') return true;
        throw new Error(textAt(condition, 'message') ?? 'it has no pod that is ready');
      },
    );
  }
}

function applying(
  id: string,
  title: string,
  group: keyof ObjectGroups,
  after?: (context: RebuildContext, access: ClusterAccess, objects: readonly KubeObject[]) => Promise<void>,
): RebuildStep {
  return {
    id,
    title,
    run: async (context) => {
      const objects = groupsIn(context.backup)[group];
      const access = await context.access();
      await applyObjects(context, access, objects);
      await after?.(context, access, objects);
      return `${objects.length} objects`;
    },
  };
}

/** The steps that make the stack without anything that could write, in their order. */
export const objectSteps: readonly RebuildStep[] = [
  applying(
    'definitions',
    'make namespaces and the definitions of custom resources',
    'definitions',
    established,
  ),
  applying(
    'operators',
    'make the operators with their rights, and wait until they are at work',
    'operators',
    available,
  ),
  applying('secrets', 'make the Secrets, before anybody could make others', 'secrets'),
  applying('objects', 'make the rest of the stack, without pods of whatever could write', 'quiet'),
];
