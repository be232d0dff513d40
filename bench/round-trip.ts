// `npm run bench:round-trip [-- --n N] [--allow-dirty]`: orders are written, the stack is exported and backed up, and both are brought
// back in a second cluster that is empty, by the commands that the export's own README and `backup restore` print. One row of
// results/way-out.json per round.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { z } from 'zod';

import { openLab, type Lab } from '../lab/lab.ts';
import { goProgram } from '../test/program/from-registries.ts';
import type { RoundTripRow } from './backup/round-trip-row.ts';
import { measuredCode, readyLab, say } from './begin.ts';
import type { CodeState } from './code-state.ts';
import { giveRights } from './rig/give-rights.ts';
import { checkLedger, openSite, startWriters, type LedgerSite } from './rig/ledger-processes.ts';
import { runRekindle, type CommandEnded } from './rig/rekindle-command.ts';
import { waitUntilSettled } from './rig/settled.ts';
import { appendWayOut, readWayOut } from './way-out-store.ts';

const { values } = parseArgs({
  options: { n: { type: 'string', default: '3' }, 'allow-dirty': { type: 'boolean', default: false } },
});

const stackFile = 'examples/jewelry-shop/rekindle.yaml';
const orders = 500;

const exported = z.object({ exported: z.array(z.unknown()), complete: z.boolean() });
const compared = z.object({ differences: z.array(z.object({ object: z.string(), path: z.string() })) });
const backedUp = z.object({
  backup: z.object({ recipients: z.array(z.string()).min(1) }),
  proof: z.object({ verdict: z.string() }),
});
const restored = z.object({
  restored: z.object({ differences: z.array(z.string()) }),
  swap: z.array(z.string()),
});

const since = (from: bigint): number => Number(process.hrtime.bigint() - from) / 1e9;

/** A clock of steps, s. */
function stopwatch() {
  const start = process.hrtime.bigint();
  let last = start;
  return {
    lap: (): number => {
      const seconds = since(last);
      last = process.hrtime.bigint();
      return seconds;
    },
    whole: (): number => since(start),
  };
}

/** A command that has to end well; throws with what it said. */
function well(name: string, { exitCode, json, stderr }: CommandEnded): Readonly<Record<string, unknown>> {
  if (exitCode !== 0 || json === undefined) throw new Error(`${name} ended with ${exitCode}: ${stderr}`);
  return json;
}

/** The text of every file below a folder, by its path. */
async function filesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.map(async (file) => [path.relative(folder, file), await readFile(file, 'utf8')] as const),
  );
  return new Map(texts.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

async function areSame(one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all([filesOf(one), filesOf(other)]);
  return JSON.stringify([...left]) === JSON.stringify([...right]);
}

/** The commands of a README, as somebody would copy them. */
function commandsOf(readme: string): readonly string[] {
  return [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text);
}

interface Round {
  readonly from: Lab;
  readonly to: Lab;
  readonly folder: string;
  /** PATH with sops. */
  readonly path: string;
}

/** What happens in the first cluster. */
async function takeAlong({ from, folder, path: PATH }: Round, site: LedgerSite) {
  const watch = stopwatch();
  const writers = startWriters(site);
  await writers.waitForOrders(orders, 120);
  await writers.stop();
  watch.lap();
  const place = ['--at', path.join(folder, 'backups'), '--key', path.join(folder, 'backup.key')];
  const backup = backedUp.parse(
    well('backup create', await runRekindle(from, stackFile, ['backup', 'create', ...place])),
  );
  const backupSeconds = watch.lap();
  const [recipient = ''] = backup.backup.recipients;
  const secrets = ['--secrets', 'sops', '--age-recipient', recipient];
  const write = async (name: string) =>
    exported.parse(
      well(
        'export',
        await runRekindle(from, stackFile, ['export', '--out', path.join(folder, name), ...secrets], {
          PATH,
        }),
      ),
    );
  const first = await write('export');
  const exportSeconds = watch.lap();
  await write('again');
  return {
    exported: first.exported.length,
    complete: first.complete,
    sameBytes: await areSame(path.join(folder, 'export'), path.join(folder, 'again')),
    proven: backup.proof.verdict === 'proven',
    place,
    backupSeconds,
    exportSeconds,
  };
}

/** A script in the second cluster's folder; throws CommandFailed with what it said. */
async function inFolder({ to, folder, path: PATH }: Round, script: string): Promise<void> {
  await to.run(['sh', '-ec', script], {
    cwd: path.join(folder, 'export'),
    env: { PATH, SOPS_AGE_KEY_FILE: path.join(folder, 'backup.key') },
    timeoutSeconds: 600,
    check: true,
  });
}

/** What happens in the second cluster. */
async function bringBack(round: Round, place: readonly string[]) {
  const { to, folder } = round;
  const watch = stopwatch();
  for (const script of commandsOf(await readFile(path.join(folder, 'export/README.md'), 'utf8'))) {
    say(script.trim());
    await inFolder(round, script);
  }
  await giveRights(to, 'rekindle-backup', 'rekindle-export');
  await waitUntilSettled(to, 300);
  const applySeconds = watch.lap();
  const { restored: found, swap } = restored.parse(
    well('backup restore', await runRekindle(to, stackFile, ['backup', 'restore', ...place])),
  );
  await inFolder(round, swap.join('\n'));
  await waitUntilSettled(to, 300);
  const restoreSeconds = watch.lap();
  const compare = await runRekindle(to, stackFile, ['export', '--compare', path.join(folder, 'export')]);
  // The stack file asks for a profile of the pooler, which the first run sets in a new cluster.
  const up = await runRekindle(to, stackFile, ['up']);
  const verify = await runRekindle(to, stackFile, ['verify']);
  if (verify.exitCode !== 0) say(`verify: ${JSON.stringify(verify.json)} ${verify.stderr}`);
  return { found, compare, up, verify, applySeconds, restoreSeconds };
}

async function run(round: Round, state: CodeState): Promise<RoundTripRow> {
  const startedAt = new Date().toISOString();
  const watch = stopwatch();
  const site = await openSite(round.from, round.folder, `round-${Date.now()}`);
  const { place, backupSeconds, exportSeconds, ...taken } = await takeAlong(round, site);
  const { found, compare, up, verify, applySeconds, restoreSeconds } = await bringBack(round, place);
  const { acknowledged, lost, duplicated } = await checkLedger({ ...site, lab: round.to });
  const { differences } = compared.parse(compare.json ?? {});
  return {
    ...state,
    startedAt,
    ...taken,
    restoreDifferences: found.differences,
    exportDifferences: differences.map((difference) => `${difference.object} ${difference.path}`.trim()),
    compareExitCode: compare.exitCode,
    upExitCode: up.exitCode,
    verifyExitCode: verify.exitCode,
    acknowledged,
    lost: lost.length,
    duplicated: duplicated.length,
    seconds: {
      export: exportSeconds,
      backup: backupSeconds,
      apply: applySeconds,
      restore: restoreSeconds,
      whole: watch.whole(),
    },
  };
}

/** The lab's cluster without the example: the second one has nothing but the operator. */
async function emptyLab(): Promise<Lab> {
  const lab = await openLab({ instance: 'b', log: say });
  await lab.down();
  await lab.up();
  return lab;
}

async function main(): Promise<number> {
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const sops = await goProgram('sops');
  if (sops.file === undefined) throw new Error(`sops ${sops.lacking}`);
  const from = await readyLab();
  await giveRights(from, 'rekindle-backup', 'rekindle-export');
  await waitUntilSettled(from, 150);
  const { roundTrip } = await readWayOut();
  const before = roundTrip.filter(({ code, dirty }) => code === state.code && dirty === state.dirty).length;
  for (let repetition = before + 1; repetition <= Number(values.n); repetition += 1) {
    const to = await emptyLab();
    const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-round-trip-'));
    try {
      const search = `${path.dirname(sops.file)}:${process.env['PATH'] ?? ''}`;
      const row = await run({ from, to, folder, path: search }, state);
      await appendWayOut('roundTrip', [row]);
      say(JSON.stringify(row));
    } finally {
      await to.down();
      await rm(folder, { recursive: true, force: true });
    }
  }
  return 0;
}

process.exitCode = await main();
