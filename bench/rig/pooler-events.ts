import { containersOf } from '../../src/drills/containers.ts';
import { shopKubectl } from '../../src/drills/database.ts';
import type { DrillLab } from '../../src/drills/define-drill.ts';
import { shop } from '../../src/drills/shop.ts';
import { waitFor } from '../../src/drills/wait-for.ts';

/** What happens to the pods of the poolers with these labels; each resolves with how it was seen. */
export type PoolerEvent = (lab: DrillLab, labels: readonly string[]) => Promise<string>;

async function podsWith(lab: DrillLab, labels: readonly string[], path: string): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const selector of labels) {
    const text = await shopKubectl(lab, ['get', 'pods', '-l', selector, '-o', `jsonpath=${path}`]);
    rows.push(...text.split('\n').filter((row) => row !== ''));
  }
  return rows;
}

const names = '{range .items[*]}{.metadata.name}{"\\n"}{end}';
const places = '{range .items[*]}{.metadata.name} {.spec.nodeName}{"\\n"}{end}';

/** Every pod is deleted; its controller makes another. */
const podDeleted: PoolerEvent = async (lab, labels) => {
  const pods = await podsWith(lab, labels, names);
  await shopKubectl(lab, ['delete', 'pod', ...pods, '--timeout=120s']);
  return `deleted ${pods.join(', ')}`;
};

/** The pooler's processor request changes in the operator's resource: it generates the Deployment anew. */
const operatorSynced: PoolerEvent = async (lab) => {
  const deployment = `deployment/${shop.database}-pooler`;
  const request = 'jsonpath={.spec.template.spec.containers[0].resources.requests.cpu}';
  const before = await shopKubectl(lab, ['get', deployment, '-o', request]);
  const cpu = before === '25m' ? '20m' : '25m';
  const spec = { connectionPooler: { resources: { requests: { cpu } } } };
  const patch = ['patch', 'postgresql', shop.database, '--type=merge', '-p', JSON.stringify({ spec })];
  await shopKubectl(lab, patch);
  await waitFor('a sync of the operator', 120, async () =>
    (await shopKubectl(lab, ['get', deployment, '-o', request])) === cpu ? true : undefined,
  );
  await shopKubectl(lab, ['rollout', 'status', deployment, '--timeout=180s']);
  return `the operator generated the Deployment anew: requests.cpu ${before} became ${cpu}`;
};

const nodeReady = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';

const ready = '{range .items[*]}{.spec.nodeName} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';

async function agentToLose(lab: DrillLab): Promise<string> {
  const [agent] = await containersOf(lab, 'agent');
  if (agent === undefined) throw new Error('the cluster has no agent that could be lost');
  return agent;
}

/**
 * Moves one pod of each pooler to the node that will be lost, where none is there yet: an event that does not hit a pooler
 * shows nothing of it.
 */
export async function gatherPoolers(lab: DrillLab, labels: readonly string[]): Promise<void> {
  const node = await agentToLose(lab);
  const all = (await lab.kubectl(['get', 'nodes', '-o', `jsonpath=${names}`])).split('\n');
  const others = all.filter((name) => name !== '' && name !== node);
  for (const selector of labels) {
    const placed = (await podsWith(lab, [selector], places)).map((row) => row.split(' ', 2));
    if (placed.some(([, at]) => at === node)) continue;
    await lab.kubectl(['cordon', ...others]);
    try {
      await shopKubectl(lab, ['delete', 'pod', placed[0]?.[0] ?? '', '--timeout=120s']);
      await waitFor(`a pod of ${selector} on ${node}`, 120, async () =>
        (await podsWith(lab, [selector], ready)).includes(`${node} True`) ? true : undefined,
      );
    } finally {
      await lab.kubectl(['uncordon', ...others]);
    }
  }
}

/** An agent with a pod of each pooler dies; its pods are taken from it, as somebody does who knows that it will not be back. */
const nodeLost: PoolerEvent = async (lab, labels) => {
  const agent = await agentToLose(lab);
  const placed = (await podsWith(lab, labels, places)).map((row) => row.split(' ', 2));
  await lab.docker(['kill', agent]);
  // Until then the scheduler would give it new pods.
  await waitFor(`${agent} to be missed`, 120, async () =>
    (await lab.kubectl(['get', 'node', agent, '-o', nodeReady])) === 'True' ? undefined : true,
  );
  const pods = placed.filter(([, node]) => node === agent).map(([pod = '']) => pod);
  await shopKubectl(lab, ['delete', 'pod', ...pods, '--force', '--grace-period=0']);
  return `${agent} was killed and stays away; ${pods.join(', ')} had to move`;
};

/** The power goes and comes back. */
const powerLost: PoolerEvent = async (lab) => {
  const cut = await lab.cut();
  const boot = await lab.boot({ waitForEngine: true });
  return `${cut.mode}: ${cut.aliveAfter} processes alive ${cut.withinMs} ms after the cut; unsynced file ${boot.canary}`;
};

/** What a pooler's settings must outlive. */
export const poolerEvents = {
  'pod-deleted': podDeleted,
  'operator-synced': operatorSynced,
  'node-lost': nodeLost,
  'power-lost': powerLost,
} as const satisfies Readonly<Record<string, PoolerEvent>>;

export type PoolerEventName = keyof typeof poolerEvents;

/** Starts agents that an event has left dead; harmless when all run. */
export async function startAgents(lab: DrillLab): Promise<void> {
  await lab.docker(['start', ...(await containersOf(lab, 'agent'))]);
}
