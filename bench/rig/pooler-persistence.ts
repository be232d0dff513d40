import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { shopKubectl } from '../../src/drills/database.ts';
import { shop } from '../../src/drills/shop.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import { deployOwnPooler, ownPoolerLabels, removeOwnPooler } from './own-pooler.ts';
import { deviations, poolerValues, type PoolerValues } from './pooler-console.ts';
import { gatherPoolers, type PoolerEventName, poolerEvents, startAgents } from './pooler-events.ts';
import { buildPoolerImage } from './pooler-image.ts';
import { type CommandEnded, runRekindle } from './rekindle-command.ts';
import type { RigLab } from './rig-lab.ts';
import { waitUntilSettled } from './settled.ts';

/** How a profile is kept: by the pooler's image, by an included file, or by whoever runs `rekindle up`. */
export type PoolerWay = 'image' | 'include' | 'agent';

/** Values that neither the image nor PgBouncer has by itself, so that they can come from us only. */
export const wantedSettings = {
  server_login_retry: '3',
  server_connect_timeout: '11',
  dns_nxdomain_ttl: '2',
} as const;

const root = path.dirname(path.dirname(import.meta.dirname));

/** The example's stack file with these settings, in the lab's own folder: `set` writes into the file that it is given. */
export async function customStackFile(lab: RigLab): Promise<string> {
  const folder = path.join(lab.stateDir, 'pooler-profile');
  const file = path.join(folder, 'rekindle.yaml');
  await mkdir(folder, { recursive: true });
  await copyFile(path.join(root, 'examples/jewelry-shop/rekindle.yaml'), file);
  const settings = Object.entries(wantedSettings).map(([key, value]) => `${key}: ${value}`);
  const text = (await readFile(file, 'utf8')).replace(
    /^ {2}pooler:.*$/m,
    `  pooler: { settings: { ${settings.join(', ')} } }`,
  );
  if (!text.includes('server_login_retry'))
    throw new Error('the example’s stack file names no pooler profile');
  await writeFile(file, text);
  return file;
}

async function done(running: Promise<CommandEnded>, what: string): Promise<CommandEnded> {
  const ended = await running;
  if (ended.exitCode === 0) return ended;
  throw new Error(`${what}: exit code ${ended.exitCode}: ${JSON.stringify(ended.json)} ${ended.stderr}`);
}

/** Labels of the poolers that each way is seen on. */
export const labelsOf: Readonly<Record<PoolerWay, string>> = {
  image: shop.poolerLabels,
  agent: shop.poolerLabels,
  include: ownPoolerLabels,
};

/** Everything of a profile, and the pooler that is somebody's own, away from the lab; harmless when nothing is there. */
export async function clearProfiles(lab: RigLab): Promise<void> {
  const file = await customStackFile(lab);
  const undo = ['pooler', 'profile', 'undo', '--restart-poolers'];
  await done(runRekindle(lab, file, undo), 'rekindle pooler profile undo');
  await removeOwnPooler(lab);
}

/** Brings the poolers into the state in which each way keeps the settings. Throws when `set` does not say so. */
export async function prepareWays(lab: RigLab, ways: readonly PoolerWay[]): Promise<string> {
  const file = await customStackFile(lab);
  const set = ['pooler', 'profile', 'set'];
  if (ways.includes('agent')) {
    await done(runRekindle(lab, file, set), 'rekindle pooler profile set');
    return file;
  }
  const image = await buildPoolerImage(lab);
  await done(
    runRekindle(lab, file, [...set, '--image', image, '--restart-poolers']),
    'rekindle pooler profile set --image',
  );
  if (!ways.includes('include')) return file;
  await deployOwnPooler(lab, image);
  await done(runRekindle(lab, file, set), 'rekindle pooler profile set');
  return file;
}

/** What became of the settings of one way after an event. */
export interface Kept {
  readonly way: PoolerWay;
  readonly evidence: string;
  /** Pods in which every setting was as wanted, and the others with what they had. */
  readonly right: readonly string[];
  readonly wrong: readonly string[];
  /** From the event to the moment at which every process had them, seconds; undefined: never within the time. */
  readonly seconds: number | undefined;
}

/** So long a stack may take to come back and a kubelet to show a file, seconds. */
const patienceSeconds = 300;

async function look(
  lab: RigLab,
  way: PoolerWay,
  since: number,
): Promise<readonly PoolerValues[] | undefined> {
  const all = await poolerValues(lab, labelsOf[way]);
  const isNew = all.some(({ startedAt }) => startedAt >= since - 1000);
  const right = all.every((one) => deviations(one, wantedSettings).length === 0);
  return isNew && right ? all : undefined;
}

/** Pods that were there before an event that concerns them not at all need not be new. */
function startOf(event: PoolerEventName, way: PoolerWay, at: number): number {
  return event === 'operator-synced' && way === 'include' ? 0 : at;
}

async function judge(
  lab: RigLab,
  way: PoolerWay,
  event: { readonly name: PoolerEventName; readonly at: number; readonly evidence: string },
): Promise<Kept> {
  const since = startOf(event.name, way, event.at);
  const [seen] = await Promise.allSettled([
    waitFor(`settings of ${way}`, patienceSeconds, () => look(lab, way, since)),
  ]);
  const seconds = seen.status === 'fulfilled' ? (Date.now() - event.at) / 1000 : undefined;
  const all = seen.status === 'fulfilled' ? seen.value : await poolerValues(lab, labelsOf[way]);
  const told = all.map((one) => ({ pod: one.pod, wrong: deviations(one, wantedSettings) }));
  return {
    way,
    evidence: event.evidence,
    seconds,
    right: told.flatMap(({ pod, wrong }) => (wrong.length === 0 ? [pod] : [])),
    wrong: told.flatMap(({ pod, wrong }) => (wrong.length === 0 ? [] : [`${pod}: ${wrong.join(', ')}`])),
  };
}

/** Lets it happen to poolers that keep their settings, and looks at each way; for `agent`, `rekindle up` is run after it. */
export async function outlive(
  lab: RigLab,
  ways: readonly PoolerWay[],
  name: PoolerEventName,
  stackFile: string,
): Promise<readonly Kept[]> {
  const labels = ways.map((way) => labelsOf[way]);
  try {
    if (name === 'node-lost') await gatherPoolers(lab, labels);
    // A node's network cache that is not on disk yet keeps pods of the event before from coming back: another accident.
    if (name === 'power-lost') await lab.run(['sync'], { timeoutSeconds: 120 });
    const at = Date.now();
    const evidence = await poolerEvents[name](lab, labels);
    if (ways.includes('agent')) {
      if (name !== 'node-lost') await waitUntilSettled(lab, patienceSeconds);
      await runRekindle(lab, stackFile, ['up']);
    }
    const kept: Kept[] = [];
    for (const way of ways) kept.push(await judge(lab, way, { name, at, evidence }));
    return kept;
  } finally {
    if (name === 'node-lost') await startAgents(lab);
    await waitUntilSettled(lab, patienceSeconds);
  }
}

/** What `undo` must leave: no object of ours, and the operator's resource as it was. */
export async function leftOvers(lab: RigLab): Promise<string> {
  const kinds = 'configmap,role,rolebinding,pod';
  const ours = ['get', kinds, '-l', 'app.kubernetes.io/managed-by=rekindle', '-o', 'name'];
  const image = ['get', 'postgresql', shop.database, '-o', 'jsonpath={.spec.connectionPooler.dockerImage}'];
  return `${await shopKubectl(lab, ours)}${await shopKubectl(lab, image)}`.trim();
}
