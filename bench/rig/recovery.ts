import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { bundle } from '../../scripts/bundle.ts';
import { streamingStandbys } from '../../src/drills/database.ts';
import type { Drill, DrillContext, Injection, Proof } from '../../src/drills/define-drill.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import type { Comparison } from '../../src/ledger/compare.ts';
import { failuresSince, secondVerifiedWrite } from '../../src/ledger/probe-attempts.ts';
import { aftermath } from './aftermath.ts';
import {
  checkLedger,
  ledgerText,
  type LedgerSite,
  openSite,
  type Prober,
  startProber,
  startWriters,
  type Writers,
} from './ledger-processes.ts';
import { seededRandom } from './random.ts';
import { type Helped as Help, type Helping, startHelping } from './helping.ts';
import { startRekindle, type UpResult } from './rekindle-up.ts';
import type { RigLab } from './rig-lab.ts';
import type { Tell } from './stages.ts';
import { waitUntilSettled } from './settled.ts';

/** Who helps: `up` started by hand, the agent that the PC itself starts, or nobody. */
export type Arm = 'rekindle' | 'agent' | 'nobody';

export interface RecoveryOptions {
  readonly drill: Drill;
  readonly arm: Arm;
  /** Decides when the fault comes and what it hits. */
  readonly seed: number;
  /** Acknowledged orders that there must be before the fault. */
  readonly orders: number;
  /** A recovery that takes longer is none, seconds. */
  readonly limitSeconds: number;
  readonly tell: Tell;
  /** What the helper that nobody started here has logged since that time, ms. */
  readonly helperLog?: (since: number) => Promise<string>;
}

/** One broken and (perhaps) recovered stack, measured from outside the cluster. */
export interface Recovery {
  /** From the start of the clock to the second verified write, seconds; undefined when there was none in time. */
  readonly seconds: number | undefined;
  readonly clock: 'engine-start' | 'help-start';
  readonly injection: Injection;
  readonly proof: Proof;
  readonly ledger: Comparison;
  readonly failuresAfter: number;
  /** How the last `rekindle up` ended; undefined: nobody helped. */
  readonly up: UpResult | undefined;
  /** Faults whose printed task a person followed. */
  readonly followed: readonly string[];
  /** Whether the fault itself is gone as well; undefined where the writes already say so, or nobody helped. */
  readonly gone: Proof | undefined;
  /** Everything that was seen, for the raw log. */
  readonly raw: string;
}

/** The probe writes go on for this long after a recovery, to see what follows the second success, ms. */
const afterMs = 10_000;

/**
 * Bundles the program as it is now, breaks the stack while orders are written, lets it recover, and compares the
 * ledger. Throws when the stack was not in order before, when the fault could not be proven, or when the orders cannot
 * be read back: such a run says nothing. A run without recovery is a result; the fault is taken away by hand then.
 */
export async function runRecovery(lab: RigLab, options: RecoveryOptions): Promise<Recovery> {
  await bundle();
  options.tell('waiting until three members stream and every pod is ready', 20);
  await settle(lab, options.tell);
  const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-run-'));
  try {
    const prefix = `${options.drill.id}-${options.arm}-${Date.now()}`;
    return await recoverAt(await openSite(lab, folder, prefix), options);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Seconds that a stack gets to settle by itself before a run, and again after `up` was asked to help. */
const settleSeconds = 150;

/** What an earlier run left broken is mended by the product, outside of any measurement. */
async function settle(lab: RigLab, tell: Tell): Promise<void> {
  try {
    await waitUntilSettled(lab, settleSeconds);
  } catch (error) {
    tell(`the stack does not settle (${reasonOf(error)}); rekindle up mends it before the run`, 60);
    await startRekindle(lab).result();
    await waitUntilSettled(lab, settleSeconds);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
}

async function recoverAt(site: LedgerSite, options: RecoveryOptions): Promise<Recovery> {
  const begun = Date.now();
  const writers = startWriters(site);
  try {
    const injection = await breakUnderLoad(site, writers, options);
    const helped = await proveAndHelp(site, options, { injection, stopWriters: writers.stop });
    const mended = helped.seconds === undefined ? await mend(site.lab, options.tell) : '';
    options.tell('reading every acknowledged order back', 5);
    const ledger = await checkLedger(site);
    const log = options.helperLog === undefined ? '' : `== agent\n${await options.helperLog(begun)}`;
    return { ...helped, ledger, raw: `${helped.raw}${mended}${log}== ledger\n${await ledgerText(site)}` };
  } finally {
    await writers.stop();
  }
}

/** After a run without recovery somebody must open the door again, or nobody learns whether orders were lost. */
async function mend(lab: RigLab, tell: Tell): Promise<string> {
  tell('no recovery within the limit; rekindle up mends the stack so that the orders can be read', 60);
  const { exitCode, stdout, stderr } = await startRekindle(lab).result();
  return `== mended after the run was over\nexit code ${exitCode}\n${stdout}${stderr}`;
}

/** Writers are at work when the fault strikes, and all members stream. */
async function breakUnderLoad(
  site: LedgerSite,
  writers: Writers,
  { drill, orders, arm, seed, tell }: RecoveryOptions,
): Promise<Injection> {
  const random = seededRandom(seed);
  const wanted = orders + Math.floor(random() * 200);
  tell(`customers write ${wanted} orders`, 20);
  await writers.waitForOrders(wanted, 180);
  const { streaming } = await streamingStandbys(site.lab);
  if (streaming !== 2) throw new Error(`only ${streaming} standbys stream at the moment of the fault`);
  tell(`${drill.title}: now, after ${writers.acknowledged()} acknowledged orders`, 10);
  return drill.inject(site.lab, { random, startHelper: () => startHelper(site, arm) });
}

/** Whatever happens, the fault is taken away in the end. */
async function proveAndHelp(site: LedgerSite, options: RecoveryOptions, broken: Broken): Promise<Helped> {
  const { drill } = options;
  try {
    // The writers go on until help begins: some faults show only when somebody knocks.
    const proof = await drill.proof(site.lab, broken.injection);
    if (!proof.proven) throw new Error(`${drill.id} is not proven: ${proof.evidence}`);
    const helped = await help(site, options, broken, proof);
    const gone = options.arm === 'nobody' ? undefined : await drill.gone?.(site.lab, broken.injection);
    return { ...helped, proof, gone };
  } finally {
    await drill.undo(site.lab, broken.injection);
  }
}

function startHelper(site: LedgerSite, arm: Arm): ReturnType<DrillContext['startHelper']> {
  if (arm !== 'rekindle') return nobodyHelps.startHelper();
  const { kill, result } = startRekindle(site.lab);
  const ended = async () => {
    await result();
  };
  return Promise.resolve({ kill, ended });
}

type Helped = Omit<Recovery, 'ledger'>;

interface Broken {
  readonly injection: Injection;
  readonly stopWriters: () => Promise<void>;
}

/** Starts the clock, the helper and the prober at once, and waits for the second verified write. */
async function help(
  site: LedgerSite,
  options: RecoveryOptions,
  { injection, stopWriters }: Broken,
  proof: Proof,
): Promise<Omit<Helped, 'proof' | 'gone'>> {
  const clockStart = injection.engineStartedAt ?? Date.now();
  const { arm, drill, limitSeconds } = options;
  const helping = arm === 'rekindle' ? startHelping(site.lab, drill, limitSeconds) : undefined;
  const prober = startProber(site);
  await stopWriters();
  const deadline = clockStart + options.limitSeconds * 1000;
  options.tell(`the clock runs, ${options.arm} helps; proof of the fault: ${proof.evidence}`, 30);
  const end = await secondWrite(prober, deadline);
  if (end !== undefined) {
    options.tell(
      `second verified write after ${((end - clockStart) / 1000).toFixed(1)} s; looking what follows`,
      25,
    );
    await sleep(afterMs);
  }
  const helped = await resultOf(helping, limitSeconds);
  await prober.stop();
  return {
    seconds: end === undefined ? undefined : (end - clockStart) / 1000,
    clock: injection.engineStartedAt === undefined ? 'help-start' : 'engine-start',
    injection,
    failuresAfter: end === undefined ? 0 : failuresSince(prober.attempts, end),
    up: helped?.up,
    followed: helped?.followed ?? [],
    raw: `${rawLog({ clockStart, injection, proof }, prober, helped)}== aftermath\n${await aftermath(site.lab)}`,
  };
}

async function secondWrite(prober: Prober, deadline: number): Promise<number | undefined> {
  for (;;) {
    const end = secondVerifiedWrite(prober.attempts);
    if (end !== undefined && end <= deadline) return end;
    if (Date.now() > deadline) return undefined;
    await sleep(100);
  }
}

/** Waits for the helper's own verdict; one that does not come to an end is killed and leaves no report. */
async function resultOf(helping: Helping | undefined, seconds: number): Promise<Help | undefined> {
  if (helping === undefined) return undefined;
  const timer = setTimeout(() => void helping.kill(), seconds * 1000);
  const result = await helping.result();
  clearTimeout(timer);
  return result;
}

function rawLog(facts: unknown, prober: Prober, helped: Help | undefined): string {
  const attempts = prober.attempts.map((attempt) => `${JSON.stringify(attempt)}\n`).join('');
  const helper = helped === undefined ? 'nobody\n' : helpText(helped);
  return `== run\n${JSON.stringify(facts)}\n== probes\n${attempts}== helper\n${helper}`;
}

function helpText({ up, followed }: Help): string {
  const tasks = followed.map((fault) => `followed the task of ${fault}\n`).join('');
  return `${tasks}exit code ${up.exitCode}\n${up.stdout}${up.stderr}`;
}
