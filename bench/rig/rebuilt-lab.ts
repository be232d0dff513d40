import { rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { z } from 'zod';

import type { Lab } from '../../lab/lab.ts';
import { parseLedger } from '../../src/ledger/entry.ts';
import { giveRights } from './give-rights.ts';
import { checkLedger, ledgerText, startWriters, type LedgerSite } from './ledger-processes.ts';
import { runRekindle, type CommandEnded } from './rekindle-command.ts';
import { waitUntilSettled } from './settled.ts';
import type { Tell } from './stages.ts';

const stackFile = 'examples/jewelry-shop/rekindle.yaml';

/** Acknowledged orders before the backup is begun, and at least so many after it: these are what is lost. */
const ordersBefore = 500;
const ordersAfter = 100;

/** A stack gets so long to be whole again after its proof, s. */
const settleSeconds = 300;

const created = z.object({
  backup: z.object({
    id: z.string(),
    parts: z.array(
      z.object({
        takenAt: z.iso.datetime(),
        storedBytes: z.number(),
        of: z.looseObject({ kind: z.string(), lsn: z.string().optional() }),
      }),
    ),
    leftOut: z.array(z.object({ what: z.string(), why: z.string(), isMissing: z.boolean().default(false) })),
  }),
  proof: z.object({ verdict: z.string() }),
});

const rebuilt = z.object({
  steps: z.array(z.object({ id: z.string(), detail: z.string(), seconds: z.number() })),
  seconds: z.number(),
  lost: z.array(z.object({ sentence: z.string() })),
  verdict: z.object({ state: z.string(), sentence: z.string() }),
});

const planned = z.object({
  images: z.array(z.object({ image: z.string(), from: z.string() })),
  steps: z.array(z.object({ id: z.string(), isDone: z.boolean() })),
});

/** What came of one stack that was made anew after its cluster was deleted. */
export interface RebuiltLab {
  readonly backup: z.infer<typeof created>;
  readonly plan: z.infer<typeof planned>;
  readonly restored: z.infer<typeof rebuilt>;
  /** `backup create`, with its proof, s. */
  readonly backupSeconds: number;
  /** Position of the database in the backup, and when it was taken. */
  readonly lsn: string;
  readonly takenAt: string;
  readonly orders: OrdersAfterRebuild;
}

/** What became of the orders: only those that were acknowledged before the backup's position must be there. */
export interface OrdersAfterRebuild {
  readonly acknowledgedBefore: number;
  readonly lostBefore: number;
  readonly acknowledgedAfter: number;
  /** Of those that were acknowledged after the position was taken; some may be in the dump all the same. */
  readonly lostAfter: number;
  readonly duplicated: number;
}

/** A command that has to end well; throws with what it said. */
function well(name: string, { exitCode, json, stderr }: CommandEnded): unknown {
  if (exitCode === 0 && json !== undefined) return json;
  throw new Error(`${name} ended with ${exitCode}: ${stderr.trim()} ${JSON.stringify(json)}`);
}

/**
 * The backup that was made. One with images may end with 1 only because the nodes have some from archives beside the cluster, as those
 * of the lab do: these stay where they are when it is deleted. Throws with what the command said.
 */
function madeBackup(ended: CommandEnded): z.infer<typeof created> {
  const made = ended.exitCode === 1 ? created.safeParse(ended.json).data : undefined;
  const missing = made?.backup.leftOut.filter(({ isMissing }) => isMissing) ?? [];
  const isOfArchives = missing.length > 0 && missing.every(({ why }) => why.includes('from the archives in'));
  return made !== undefined && isOfArchives ? made : created.parse(well('backup create', ended));
}

/** The lab's own kubeconfig is of the cluster that is gone: `up` asks the one that is there for another, and gives the lab its users again. */
async function knowAnew(lab: Lab): Promise<void> {
  await rm(lab.kubeconfig, { force: true });
  await lab.up();
}

/**
 * After a run that did not end well the lab may be without its cluster, or with half of one: it is brought back as it was, or removed so that
 * the next `up` makes everything anew. Says which.
 */
export async function mendLab(lab: Lab, tell: Tell): Promise<void> {
  try {
    await knowAnew(lab);
    await lab.deployExample();
    tell('the lab has its cluster', 1);
  } catch (error) {
    tell(`the lab is removed: ${error instanceof Error ? error.message : String(error)}`, 60);
    await lab.down();
  }
}

async function ordersAfterRebuild(site: LedgerSite, takenAt: number): Promise<OrdersAfterRebuild> {
  const entries = parseLedger(await ledgerText(site)).filter((entry) => entry.kind === 'acknowledged');
  const before = new Set(entries.filter(({ at }) => at < takenAt).map(({ ref }) => ref));
  const { lost, duplicated } = await checkLedger(site);
  const lostBefore = lost.filter(({ ref }) => before.has(ref)).length;
  const acknowledged = new Set(entries.map(({ ref }) => ref));
  return {
    acknowledgedBefore: before.size,
    lostBefore,
    acknowledgedAfter: acknowledged.size - before.size,
    lostAfter: lost.length - lostBefore,
    duplicated: duplicated.length,
  };
}

export interface RebuildOptions {
  /** Where the backup and its key lie. */
  readonly folder: string;
  readonly tell: Tell;
  /** Whether the backup stores the images of the nodes as well, which costs time and room. */
  readonly withImages: boolean;
}

/**
 * Customers write orders, a backup is made meanwhile, they write on; the cluster is deleted with all that is in it, and made anew from the
 * backup alone. Throws when a command does not end well, or when the orders cannot be read back.
 */
export async function rebuildLab(
  lab: Lab,
  site: LedgerSite,
  { folder, tell, withImages }: RebuildOptions,
): Promise<RebuiltLab> {
  await giveRights(lab, 'rekindle-backup', 'rekindle-export');
  const place = ['--at', path.join(folder, 'backups'), '--key', path.join(folder, 'keys', 'backup.key')];
  const backupOf = (...words: readonly string[]) =>
    runRekindle(lab, stackFile, ['backup', ...words, ...place]);
  const writers = startWriters(site);
  let backup: z.infer<typeof created>;
  let backupSeconds: number;
  try {
    tell(`customers write ${ordersBefore} orders`, 20);
    await writers.waitForOrders(ordersBefore, 180);
    tell('rekindle backup create, while they write on', 120);
    const start = process.hrtime.bigint();
    backup = madeBackup(await backupOf('create', ...(withImages ? ['--with-images'] : [])));
    backupSeconds = Number(process.hrtime.bigint() - start) / 1e9;
    await writers.waitForOrders(writers.acknowledged() + ordersAfter, 120);
  } finally {
    await writers.stop();
  }
  const database = backup.backup.parts.find(({ of }) => of.kind === 'database');
  if (database === undefined) throw new Error('the backup holds no database');
  tell('k3d cluster delete: everything is gone but the backup', 60);
  await lab.run(['k3d', 'cluster', 'delete', lab.cluster], { check: true, timeoutSeconds: 180 });
  const plan = planned.parse(well('the plan', await backupOf('restore', '--from-nothing')));
  tell('rekindle backup restore --from-nothing --yes', 300);
  const restored = rebuilt.parse(
    well('the restore', await backupOf('restore', '--from-nothing', '--yes', '--timeout', '10m')),
  );
  await knowAnew(lab);
  await waitUntilSettled(lab, settleSeconds);
  tell('reading every acknowledged order back', 10);
  const orders = await ordersAfterRebuild(site, Date.parse(database.takenAt));
  return {
    backup,
    plan,
    restored,
    backupSeconds,
    lsn: database.of.lsn ?? '',
    takenAt: database.takenAt,
    orders,
  };
}
