import { randomUUID } from 'node:crypto';

import { systemClock } from '../../app/clock.ts';
import { openCluster } from '../../app/wire-cluster.ts';
import { openJournal } from '../../app/wire.ts';
import { createClusterMaker } from '../../app/wire-maker.ts';
import { lookAround } from '../../backup/from-nothing/look-around.ts';
import { planRebuild, type RebuildPlan } from '../../backup/from-nothing/plan-rebuild.ts';
import { planText, resultText, type RebuildResult } from '../../backup/from-nothing/rebuild-text.ts';
import { readBackup, RebuildRefused, type ReadBackup } from '../../backup/from-nothing/read-backup.ts';
import type { RebuildState } from '../../backup/from-nothing/rebuild-state.ts';
import { runRebuild } from '../../backup/from-nothing/run-rebuild.ts';
import { rebuildSteps } from '../../backup/from-nothing/steps/index.ts';
import type { Proven, RebuildContext, RebuildStep } from '../../backup/from-nothing/context.ts';
import { readKeys } from '../../backup/keys.ts';
import { shelved } from '../../backup/shelf.ts';
import type { JournalEvent } from '../../domain/journal-event.ts';
import type { BackupStore } from '../../ports/backup-store.ts';
import type { ClusterMaker } from '../../ports/cluster-maker.ts';
import type { JournalStore } from '../../ports/journal-store.ts';
import { answer } from '../answer.ts';
import { isWanted } from '../asked.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { holdingLock } from '../holding-lock.ts';
import type { CommonOptions } from '../options.ts';
import { progressPrinter } from '../printer.ts';
import type { ProgressPrinter } from '../progress-printer.ts';
import { version } from '../process.ts';
import { evidenceKey } from './backup-list.ts';
import type { BackupRestoreOptions } from './backup-options.ts';
import { namedOwner } from './backup-owner.ts';
import { storeToRead } from './backup-session.ts';

type Options = CommonOptions & BackupRestoreOptions;

const command = 'rekindle backup restore --from-nothing';

/** A cluster that is gone names no place for its backups. */
function placeOf(options: Options): BackupStore {
  if (options.at !== undefined || options.context !== undefined)
    return storeToRead(options.at, options.context ?? '');
  throw new UsageError({
    what: 'It is not said where the backup lies',
    cause: 'the cluster is gone, so it cannot be asked',
    place: command,
    next: 'Name the place with --at, or with --context the context that the backups were made with.',
  });
}

function refuse({ refusals, cluster }: RebuildPlan): void {
  const [first] = refusals;
  if (first === undefined) return;
  throw new RebuildRefused({
    what: 'Nothing was made',
    cause: refusals.map(({ why }) => why).join('; '),
    place: `cluster ${cluster}`,
    next: first.next,
  });
}

interface Site {
  readonly options: Options;
  readonly signal: AbortSignal;
  readonly store: BackupStore;
  readonly backup: ReadBackup;
  readonly maker: ClusterMaker;
  readonly journal: JournalStore;
  readonly printer: ProgressPrinter;
}

function contextOf(site: Site, state: RebuildState, restore: string): RebuildContext {
  const { options, signal, backup, maker, journal, printer } = site;
  const opened = openCluster({
    ...options,
    cluster: backup.definition.name,
    namespace: backup.details.namespace,
    store: journal,
    printer,
    version: version(),
    signal,
  });
  return {
    clock: systemClock,
    signal,
    say: (line) => printer.said?.(line),
    maker,
    backup,
    restore,
    wasBegun: (step) => state.kind === 'begun' && state.begun.has(step),
    access: opened.access,
    layers: opened.layers,
    prove: () => opened.prove(options.timeout),
  };
}

/** The last step, whose result is the verdict. */
function proving(take: (proven: Proven) => void): RebuildStep {
  return {
    id: 'proof',
    title: 'prove it through the front door, as `rekindle up` does',
    run: async (context) => {
      const proven = await context.prove();
      take(proven);
      return proven.sentence;
    },
  };
}

/** What is known to be missing is broken, whatever the front door says. */
export function exitCodeOfRebuild({
  verdict,
  notPutBack,
}: Pick<RebuildResult, 'verdict' | 'notPutBack'>): number {
  if (verdict.state === 'unknown') return exitCodes.couldNotTell;
  return verdict.state === 'healthy' && notPutBack.length === 0 ? exitCodes.healthy : exitCodes.broken;
}

async function make(site: Site, state: RebuildState, plan: RebuildPlan): Promise<number> {
  const { options, journal, printer, backup, store } = site;
  const run = randomUUID();
  const restore = state.kind === 'begun' ? state.restore : randomUUID();
  const record = (event: JournalEvent): void => {
    printer.stored?.(journal.append(event, systemClock.now()));
  };
  const start = systemClock.monotonic();
  const { cluster } = plan;
  if (state.kind !== 'begun')
    record({ type: 'rebuild-began', run, restore, backup: plan.backup, place: store.place, cluster });
  let verdict: Proven = { state: 'unknown', sentence: 'it was not tried' };
  const steps = [...rebuildSteps, proving((proven) => (verdict = proven))];
  const done = state.kind === 'begun' ? state.done : new Set<string>();
  const results = await runRebuild(contextOf(site, state, restore), steps, { run, record, done });
  const seconds = (systemClock.monotonic() - start) / 1000;
  record({ type: 'rebuild-ended', run, restore, proven: verdict.state === 'healthy', seconds });
  printer.end();
  const { lost, notPutBack } = plan;
  const result: RebuildResult = {
    cluster,
    backup: backup.manifest.id,
    steps: results,
    seconds,
    lost,
    verdict,
    notPutBack,
  };
  const merge = `For kubectl: k3d kubeconfig merge ${cluster} --kubeconfig-merge-default`;
  answer(options, 'backup rebuild', {
    text: `${resultText(result)}\n${merge}`,
    json: { place: store.place, restore, ...result, warnings: plan.warnings },
  });
  return exitCodeOfRebuild(result);
}

async function decided(site: Site): Promise<number> {
  const { options, store, backup, maker, journal } = site;
  const events = journal.events({ types: ['rebuild-began', 'rebuild-step', 'rebuild-ended'] });
  const { proof } = await shelved(store, backup.manifest.id, evidenceKey(options.key));
  const facts = await lookAround(maker, backup, { events, proof: proof?.verdict });
  const plan = planRebuild(facts, [...rebuildSteps, proving(() => undefined)]);
  refuse(plan);
  const question = {
    plan: planText(plan),
    question: 'Make it? Write the name of the cluster to go on: ',
    word: plan.cluster,
  };
  if (await isWanted(options, question)) return make(site, facts.state, plan);
  const text = `${planText(plan)}\nNothing was made. With --yes it is.`;
  answer(options, 'backup rebuild plan', { text, json: { place: store.place, ...plan } });
  return exitCodes.healthy;
}

/**
 * `rekindle backup restore --from-nothing`: makes the cluster and the stack anew. 0 proven, 1 refused or broken, 2 made and not known whether it
 * works.
 */
export async function backupRebuild(
  options: Options,
  signal: AbortSignal,
  wanted: string | undefined,
): Promise<number> {
  const store = placeOf(options);
  const { identities } = await readKeys(options.key);
  const maker = createClusterMaker();
  const journal = openJournal(options.journal);
  const printer = progressPrinter(options, false);
  try {
    const backup = await readBackup(store, { wanted, meant: namedOwner(options, '') }, identities);
    const locked = { engine: maker.engine, cluster: backup.definition.name };
    const site = { options, signal, store, backup, maker, journal, printer };
    return await holdingLock(locked, command, () => decided(site));
  } finally {
    printer.end();
    journal.close();
  }
}
