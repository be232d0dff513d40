import { copyOnDisk } from '../record/copy-on-disk.ts';
import { refText } from '../domain/object-ref.ts';
import { actionEvents } from '../domain/journal-event.ts';
import type { ManualTask } from '../domain/plan.ts';
import { pastActions, type PastAction } from '../plan/history.ts';
import type { Restraint } from '../plan/guards/define-guard.ts';
import type { JournalStore } from '../ports/journal-store.ts';
import { heal, type HealResult } from './heal.ts';
import { lastProof } from './last-proof.ts';
import { measuredStarts } from './measured-starts.ts';
import { refreshStack } from './refresh-stack.ts';
import type { RunLog } from './run-log.ts';
import { unfinishedCopies, unfinishedCopyTask, type UnfinishedCopy } from './unfinished-copies.ts';
import type { Wired } from './wire.ts';

/** What a recovery works with. */
export interface Site extends Pick<Wired, 'context' | 'source' | 'target'> {
  readonly store: JournalStore;
  readonly log: RunLog;
}

export interface RecoverOptions {
  /** Who asks for it, for the journal. */
  readonly command: 'up' | 'watch' | 'drill';
  readonly version: string;
  readonly timeoutMs: number;
  /** Where files of an emptyDir may be copied to, absolute; undefined: a pod that keeps some is left alone. */
  readonly copyOut?: string | undefined;
  /** How far nobody's own decision holds itself back; undefined: a person asked for it. */
  readonly restraint?: Restraint | undefined;
  /** The caller tells a person `Recovered.tasks`: what no later look shows is kept for the next run until that is done. */
  readonly tellsTasks: boolean;
}

export interface Recovered extends HealResult {
  /** What only a person can do: of the last plan, and of earlier runs that were ended while they moved files. */
  readonly tasks: readonly ManualTask[];
  /** Those of earlier runs: no look at the stack shows them. */
  readonly copies: readonly ManualTask[];
}

type Unheard = Pick<PastAction, 'run' | 'action'>;

function closeAsUnknown({ log }: Site, actions: readonly Unheard[]): void {
  for (const { run, action } of actions)
    log.record({
      type: 'step-acted',
      run,
      action,
      acted: 'unknown',
      detail: 'the run ended before it heard the outcome',
    });
}

/**
 * Actions whose outcome was never heard, because the process or the power ended in between, are closed as unknown; those
 * that moved somebody's files only when that has been told.
 */
function closeUnheard(site: Site): void {
  const { log } = site;
  const unheard = pastActions(log.events(actionEvents)).filter(
    ({ acted, run, step }) => acted === undefined && run !== log.id && step !== 'restart-pod-with-its-files',
  );
  closeAsUnknown(site, unheard);
}

/** Files that an earlier run may have left in a copy only: said at once, and in full at the end. */
function findUnfinished({ log, store, target }: Site): readonly UnfinishedCopy[] {
  const unfinished = unfinishedCopies(store.events({ types: actionEvents, on: target }), log.id);
  for (const { step, root } of unfinished)
    log.say(`an earlier run was ended while it moved the files of ${refText(step.target)}; see ${root}`);
  return unfinished;
}

function tasksFor(
  unfinished: readonly UnfinishedCopy[],
  { pass: { observation } }: HealResult,
): readonly ManualTask[] {
  return unfinished.flatMap(
    (copy) => unfinishedCopyTask(copy, copyOnDisk(copy.root, copy.step.target), observation) ?? [],
  );
}

/** Starts that are older than this, or were part of an earlier proof, say nothing about this one, ms. */
const lateMs = 600_000;

/** A run that ends with the stack healthy knows how long each part took to come up. */
function recordStarts(
  { log, context }: Site,
  { verdict, pass: { observation } }: HealResult,
  provenAt = 0,
): void {
  if (verdict.state !== 'healthy') return;
  const since = Math.max(provenAt, observation.at - lateMs);
  const seconds = measuredStarts(observation, context.stack, since);
  if (Object.keys(seconds).length > 0) log.record({ type: 'starts-measured', run: log.id, seconds });
}

/**
 * One whole recovery with everything that belongs to it in the journal: what earlier runs left open, the run itself, how
 * long each part took to start. The caller holds the cluster's lock. Throws JournalUnavailable and TargetUnclear.
 */
export async function recover(site: Site, options: RecoverOptions): Promise<Recovered> {
  const { log, context, target } = site;
  const { command, version, timeoutMs, copyOut, restraint, tellsTasks } = options;
  log.begin(command, version);
  const unfinished = findUnfinished(site);
  closeUnheard(site);
  const provenAt = lastProof(log.events(['run-started', 'run-ended']), target.context, context.clock.now());
  const result = await heal(context, log, {
    timeoutMs,
    provenAt,
    copyOut,
    restraint,
    refreshStack: () => refreshStack(site, log),
  });
  const copies = tasksFor(unfinished, result);
  // Nobody may be there to read how an interrupted run ended: the machine may be going down.
  if (tellsTasks && !context.signal.aborted) closeAsUnknown(site, unfinished);
  recordStarts(site, result, provenAt);
  log.record({ type: 'run-ended', run: log.id, verdict: result.verdict, seconds: result.seconds });
  return { ...result, tasks: [...copies, ...result.pass.plan.tasks], copies };
}
