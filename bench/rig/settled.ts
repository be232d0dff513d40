import { shopKubectl, streamingStandbys } from '../../src/drills/database.ts';
import type { DrillLab } from '../../src/drills/define-drill.ts';
import { waitFor } from '../../src/drills/wait-for.ts';

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** Why the stack is not yet what every run starts from; undefined when it is. */
async function notSettled(lab: DrillLab): Promise<string | undefined> {
  const { streaming, sync } = await streamingStandbys(lab);
  if (streaming !== 2 || sync < 1) return `${streaming} standbys stream, ${sync} synchronous`;
  const pods = JSON.parse(await shopKubectl(lab, ['get', 'pods', '-o', 'json'])) as PodList;
  const waiting = pods.items.filter(
    ({ status }) =>
      status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') !== true,
  );
  return waiting.length === 0
    ? undefined
    : `not ready: ${waiting.map((pod) => pod.metadata.name).join(', ')}`;
}

/**
 * Waits until all three members of the database stream and every pod is ready: what each run starts from. Throws
 * after `seconds` with the last reason.
 */
export async function waitUntilSettled(lab: DrillLab, seconds: number): Promise<void> {
  await waitFor('a settled stack', seconds, async () => {
    const reason = await notSettled(lab);
    if (reason !== undefined) throw new Error(reason);
    return true;
  });
}
