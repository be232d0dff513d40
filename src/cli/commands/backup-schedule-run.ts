import { existsSync } from 'node:fs';
import path from 'node:path';

import { readAgentFile } from '../../agent-file/read.ts';
import { systemClock } from '../../app/clock.ts';
import { notifiersOf } from '../../app/wire-notifiers.ts';
import { readKeys } from '../../backup/keys.ts';
import { missingFrom } from '../../backup/missing.ts';
import type { BackupState } from '../../domain/backup-state.ts';
import type { Notice } from '../../ports/notifier.ts';
import { readBackupState, readBackupStates } from '../../record/backup-state-file.ts';
import { causeText, ExplainedError } from '../../record/explained-error.ts';
import { hostLockHolder } from '../../record/host-lock.ts';
import { stateDirectory } from '../../record/paths.ts';
import { isMounted } from '../../service/schedule/mounted-disk.ts';
import { tellAll } from '../../watch/tell-all.ts';
import { answer, tell } from '../answer.ts';
import { AnotherAtWork, UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { openSession, type Session } from '../session.ts';
import { alone, makeBackup, type MadeBackup } from './backup-create.ts';
import { noteFailure, noteMade, sessionNote } from './backup-note.ts';
import { namedOwner, ownerOf } from './backup-owner.ts';
import { pruneBackups, type Pruned } from './backup-prune.ts';
import type { ScheduleRunOptions } from './backup-schedule-options.ts';

type Options = CommonOptions & ScheduleRunOptions;

/** After a boot the stack is brought back first, and a disk may be plugged in later, ms. */
const usualPatienceMs = 3_600_000;
const pauseMs = 60_000;

/** The place of the backups is not there; a folder of that name would lie on another disk. */
export class BackupPlaceMissing extends ExplainedError {
  override readonly name = 'BackupPlaceMissing';
}

/** Throws BackupPlaceMissing where a folder is not there, or is only what a disk leaves when it is unplugged. */
export function requirePlace({ at, disk }: Pick<ScheduleRunOptions, 'at' | 'disk'>): void {
  if (at === undefined || at.startsWith('s3:')) return;
  const isThere = existsSync(at);
  if (isThere && (disk === undefined || isMounted(disk))) return;
  throw new BackupPlaceMissing({
    what: 'The place of the backups is not there',
    cause: isThere
      ? `nothing is mounted on ${disk ?? at}: its disk is not plugged in, and the folder is on another one`
      : 'no such folder: perhaps its disk is not plugged in',
    place: path.resolve(at),
    next: 'Plug it in, or name another place: rekindle backup schedule install --at PLACE',
  });
}

/** A backup waits for whoever brings the stack back or changes it; nobody waits for a backup, which holds no lock of the cluster. */
async function requireQuiet({ target }: Session): Promise<void> {
  const holder = await hostLockHolder(target);
  if (holder === undefined) return;
  throw new AnotherAtWork({
    what: 'The backup waits',
    cause:
      holder === 'unnamed'
        ? 'somebody is at work on the cluster'
        : `process ${holder.pid}, ${holder.command}`,
    place: target.cluster,
    next: 'It is tried again in a minute.',
  });
}

/** What is known of the stack before a backup of it was made: what the unit says, then what the cluster says. */
interface About {
  context: string | undefined;
  stack: string | undefined;
  /** How the backups were before this run. */
  earlier: BackupState | undefined;
}

async function attempt(options: Options, about: About, signal: AbortSignal): Promise<MadeBackup> {
  requirePlace(options);
  const session = await openSession(options, signal, true);
  try {
    const { target, context } = session;
    about.context = target.context;
    // Before the cluster has answered a stack is called as its cluster.
    about.stack = session.source.known ? context.stack.name : undefined;
    about.earlier = readBackupState(ownerOf(session));
    await requireQuiet(session);
    // Not a new key: nobody would have a copy of it.
    const made = await alone(target.context, () => makeBackup(session, options, signal, readKeys));
    noteMade(sessionNote(session, options.at), made);
    return made;
  } finally {
    session.close();
  }
}

/** Whether another attempt may do better. */
function mayPass(error: unknown): boolean {
  return (
    error instanceof ExplainedError &&
    !error.lasts &&
    !(error instanceof UsageError) &&
    error.name !== 'KeyUnusable'
  );
}

export interface Patience {
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly patienceMs?: number | undefined;
}

/** Tries until a backup was stored and examined, whatever the verdict; or until patience ends, with the last error. */
export async function untilMade<T>(
  try_: () => Promise<T>,
  clock: Pick<typeof systemClock, 'monotonic' | 'sleep'>,
  { signal, say, patienceMs = usualPatienceMs }: Patience,
): Promise<T> {
  const end = clock.monotonic() + patienceMs;
  for (;;) {
    try {
      return await try_();
    } catch (error) {
      if (signal.aborted || !mayPass(error) || clock.monotonic() + pauseMs > end) throw error;
      say(`tried again in a minute: ${causeText(error)}`);
      await clock.sleep(pauseMs, signal);
    }
  }
}

/** How a run ended that is not well. */
interface Shortcoming {
  readonly is: 'not proven' | 'not complete';
  readonly why: string;
}

/** Whether a person has to hear of it: of each run that was not proven or not complete, and of the first that is again. Pure. */
export function noticeOf(
  earlier: BackupState | undefined,
  now: { readonly stack: string; readonly shortcoming: Shortcoming | undefined; readonly at: number },
): Notice | undefined {
  const { stack, shortcoming, at } = now;
  const next = 'What is known: rekindle backup schedule status. What it wrote: journalctl -t rekindle-backup';
  if (shortcoming !== undefined)
    return {
      kind: 'needs-human',
      stack,
      title: `The backup of ${stack} is ${shortcoming.is}`,
      text: `${shortcoming.why}\n${next}`,
      at,
    };
  if (earlier === undefined || earlier.outcome === 'proven') return undefined;
  const text = 'The last backup was restored and is what was backed up.';
  return { kind: 'recovered', stack, title: `Backups of ${stack} are proven again`, text, at };
}

/** What is not well with a backup that was made; undefined: nothing. Pure. */
export function shortcomingOf({
  code,
  proof,
  manifest,
  answer: { text },
}: Pick<MadeBackup, 'code' | 'proof' | 'manifest' | 'answer'>): Shortcoming | undefined {
  if (code === exitCodes.healthy) return undefined;
  if (proof.verdict !== 'proven') return { is: 'not proven', why: text };
  const missing = missingFrom(manifest).join('; ');
  return { is: 'not complete', why: `What is in it was proven. Missing: ${missing}` };
}

const retentionOf = ({ keepLast, keepDaily, keepWeekly, keepMonthly }: Options) => ({
  last: keepLast ?? 0,
  daily: keepDaily ?? 0,
  weekly: keepWeekly ?? 0,
  monthly: keepMonthly ?? 0,
});

/** Deletes by the rule, when there is one and the newest backup can be relied on and has everything. */
async function pruneAfter(
  { store, code, manifest }: MadeBackup,
  options: Options,
  signal: AbortSignal,
): Promise<Pruned | undefined> {
  const retention = retentionOf(options);
  const hasRule = Object.values(retention).some((count) => count > 0);
  if (code !== exitCodes.healthy || !hasRule) return undefined;
  const { stack, context } = manifest;
  return pruneBackups(store, retention, { ...options, meant: { stack, context } }, signal);
}

/** Writes down that no backup came of a run, as far as it is known of what. */
function noteNothing({ context, stack }: About, options: Options, error: unknown): void {
  if (context === undefined) return;
  const name = stack ?? nameMeant(options, context);
  const place = options.at ?? readBackupState({ context, stack: name })?.place ?? 'the usual folder';
  noteFailure({ context, stack: name, place }, error);
}

/** The stack that is meant when nobody could ask the cluster: the one that is named, or the last of its context; else the context's name. */
function nameMeant(options: Options, context: string): string {
  try {
    const { stack } = namedOwner(options, context);
    if (stack !== undefined) return stack;
  } catch {
    // Its file cannot be read, which is what the run has failed with.
  }
  const states = readBackupStates(stateDirectory()).filter((state) => state.context === context);
  return states.toSorted((a, b) => b.endedAt - a.endedAt)[0]?.stack ?? context;
}

/** `rekindle backup schedule run`: what the timer starts. 0 proven, 1 not or not complete, 2 could not tell. */
export async function backupScheduleRun(options: Options, signal: AbortSignal): Promise<number> {
  const notifiers = notifiersOf(readAgentFile() ?? {});
  const about: About = { context: options.context, stack: undefined, earlier: undefined };
  const told = async (shortcoming: Shortcoming | undefined): Promise<void> => {
    const stack = about.stack ?? about.context ?? 'this machine';
    const notice = noticeOf(about.earlier, { stack, shortcoming, at: systemClock.now() });
    if (notice !== undefined) await tellAll(notifiers, notice, tell);
  };
  let made: MadeBackup;
  try {
    made = await untilMade(() => attempt(options, about, signal), systemClock, {
      signal,
      say: tell,
      patienceMs: options.patience,
    });
  } catch (error) {
    if (!signal.aborted) {
      noteNothing(about, options, error);
      await told({ is: 'not proven', why: causeText(error) });
    }
    throw error;
  }
  await told(shortcomingOf(made));
  const pruned = await pruneAfter(made, options, signal);
  const deleted = pruned?.deleted ?? [];
  answer(options, 'backup schedule run', {
    text: [made.answer.text, ...deleted.map((id) => `deleted ${id}`)].join('\n'),
    json: { ...made.answer.json, deleted },
  });
  return made.code;
}
