import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { shopKubectl } from '../../src/drills/database.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import { compareLedger, type Comparison, type OrderRow } from '../../src/ledger/compare.ts';
import { parseLedger } from '../../src/ledger/entry.ts';
import type { ProbeAttempt } from '../../src/ledger/probe-attempts.ts';
import { startInLab } from './lab-process.ts';
import type { RigLab } from './rig-lab.ts';

const program = 'src/ledger/main.ts';

/** Ids are handed out in blocks and not in the order of the answers: read from this far below the first one. */
const idSlack = 5000;

/** What the ledger's processes of one run have in common. */
export interface LedgerSite {
  readonly lab: RigLab;
  /** Folder of the run, on the machine. */
  readonly folder: string;
  /** Start of every ref of this run. */
  readonly prefix: string;
  readonly trust: string;
}

/** Reads the shop's certificate out of its Secret, while the API still answers. */
export async function openSite(lab: RigLab, folder: string, prefix: string): Promise<LedgerSite> {
  const certificate = await shopKubectl(lab, [
    'get',
    'secret',
    'jewelry-shop-tls',
    '-o',
    String.raw`jsonpath={.data.tls\.crt}`,
  ]);
  const trust = path.join(folder, 'front-door.pem');
  await writeFile(trust, Buffer.from(certificate.trim(), 'base64'));
  return { lab, folder, prefix, trust };
}

function doorArguments({ lab, trust }: LedgerSite): readonly string[] {
  const { host, address, port } = lab.frontDoor;
  return ['--host', host, '--address', address, '--port', String(port), '--trust', trust];
}

function ledgerFile(site: LedgerSite): string {
  return path.join(site.folder, 'ledger.jsonl');
}

export interface Writers {
  /** Acknowledged orders that are on disk. */
  readonly acknowledged: () => number;
  /** Resolves when that many are; throws when it takes longer than `seconds` or when the writers died. */
  readonly waitForOrders: (count: number, seconds: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts the customers of the shop. */
export function startWriters(site: LedgerSite): Writers {
  let acknowledged = 0;
  let alive = true;
  const args = ['write', ...doorArguments(site), '--file', ledgerFile(site), '--prefix', site.prefix];
  const child = startInLab(site.lab, program, args, {
    onLine: (line) => (acknowledged = (JSON.parse(line) as { acknowledged: number }).acknowledged),
  });
  void child.ended.then(() => (alive = false));
  return {
    acknowledged: () => acknowledged,
    waitForOrders: async (count, seconds) => {
      const state = await waitFor(`${count} acknowledged orders`, seconds, () =>
        Promise.resolve(alive && acknowledged < count ? undefined : { alive }),
      );
      if (!state.alive) throw new Error(`the writers died: ${child.errors().trim()}`);
    },
    stop: () => child.stop(),
  };
}

export interface Prober {
  /** All attempts that have ended so far. */
  readonly attempts: readonly ProbeAttempt[];
  readonly stop: () => Promise<void>;
}

/** Starts the probe writes on their grid of half a second. */
export function startProber(site: LedgerSite): Prober {
  const attempts: ProbeAttempt[] = [];
  const args = ['probe', ...doorArguments(site), '--prefix', `probe-${site.prefix}`];
  const child = startInLab(site.lab, program, args, {
    onLine: (line) => attempts.push(JSON.parse(line) as ProbeAttempt),
  });
  return { attempts, stop: () => child.stop(8) };
}

/** Reads the orders back through the front door and compares. Throws when they cannot be read. */
export async function checkLedger(site: LedgerSite): Promise<Comparison> {
  const entries = parseLedger(await readFile(ledgerFile(site), 'utf8'));
  const ids = entries.flatMap((entry) => (entry.kind === 'acknowledged' ? [entry.id] : []));
  const since = ids.reduce((low, id) => Math.min(low, id), Number.MAX_SAFE_INTEGER) - idSlack;
  const rows = await waitFor('all orders read back through the front door', 120, () =>
    readBack(site, Math.max(0, ids.length === 0 ? 0 : since)),
  );
  return compareLedger(entries, rows);
}

async function readBack(site: LedgerSite, since: number): Promise<readonly OrderRow[]> {
  const rows: OrderRow[] = [];
  const args = ['read', ...doorArguments(site), '--since', String(since)];
  const child = startInLab(site.lab, program, args, {
    onLine: (line) => rows.push(JSON.parse(line) as OrderRow),
  });
  const exitCode = await child.ended;
  if (exitCode !== 0) throw new Error(child.errors().trim());
  return rows;
}

/** The ledger as text, for the raw log. */
export async function ledgerText(site: LedgerSite): Promise<string> {
  return readFile(ledgerFile(site), 'utf8');
}
