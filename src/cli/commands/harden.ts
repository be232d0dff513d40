import { changedPolicies } from '../../harden/apply/restart-policy.ts';
import { applyMeasures } from '../../harden/apply/apply-measures.ts';
import { resultsText, type HardenResult } from '../../harden/apply/harden-result.ts';
import type { HardenSession } from '../../harden/apply/session.ts';
import { undoMeasures } from '../../harden/apply/undo-measures.ts';
import { Choice, strayMeasures } from '../../harden/choice.ts';
import { collectHardening, type Collected } from '../../harden/collect/collect.ts';
import { hardenText, measureJson, type ShownMeasure } from '../../harden/harden-text.ts';
import { measureDiff } from '../../harden/measure-diff.ts';
import { isOfKnownMeasure, judgeMeasures } from '../../harden/measures/index.ts';
import { measurementsOf } from '../../harden/measurements.ts';
import { planMeasures, withoutOurs } from '../../harden/plan-hardening.ts';
import type { StoredEvent } from '../../domain/journal-event.ts';
import { refText } from '../../domain/object-ref.ts';
import { verdictText } from '../../report/text.ts';
import { causeText } from '../../record/explained-error.ts';
import { answer, tell } from '../answer.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import { holdingLock } from '../holding-lock.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import { openSession, type Session } from '../session.ts';
import type { HardenOptions } from './harden-options.ts';
import { checkOutput, writeOverlay } from './harden-output.ts';

type Options = CommonOptions & HardenOptions;

/** What was looked at, and what follows from it for the chosen measures. */
interface Looked extends Collected {
  readonly shown: readonly ShownMeasure[];
  /** Ids that are applied and that nothing calls for any more. */
  readonly stray: readonly string[];
}

function wrong(cause: string, next: string): UsageError {
  return new UsageError({ what: 'These options do not go together', cause, place: 'rekindle harden', next });
}

function checkUse({ diff, apply, undo, output, base }: Options): void {
  const chosen = [diff, apply, undo].filter((flag) => flag === true).length;
  if (chosen > 1) throw wrong('--diff, --apply and --undo exclude each other', 'Name one of them.');
  if (base !== undefined && output === undefined)
    throw wrong('--base says what the overlay of --output is over', 'Name a folder with --output.');
  if (output !== undefined && undo === true) throw wrong('--undo writes no patches', 'Leave --output out.');
  if (output !== undefined) checkOutput(output);
}

/** What the journal knows of this cluster: what another one has been through says nothing about it. */
const eventsHere = ({ store, target }: Session): readonly StoredEvent[] => store.events({ on: target });

async function lookAt(session: Session, choice: Choice, remembered: readonly string[]): Promise<Looked> {
  const collected = await collectHardening(session.context);
  const { inventory, lives, unseen } = collected;
  const judged = judgeMeasures(inventory, measurementsOf(eventsHere(session)));
  const stray = strayMeasures(planMeasures(judged, lives), lives);
  const known = [...judged.map(({ id }) => id), ...stray, ...remembered];
  // What could not be read may have any measure that this program knows.
  const unknown = choice.unknown(known).filter((word) => unseen.length === 0 || !isOfKnownMeasure(word));
  if (unknown.length > 0) {
    throw new UsageError({
      what: `There is no measure ${unknown.join(', ')}`,
      cause: `there are ${judged.map(({ id }) => id).join(', ')}`,
      place: 'rekindle harden --only',
      next: 'See: rekindle harden',
    });
  }
  const planned = planMeasures(
    judged.filter(({ id }) => choice.means(id)),
    lives,
  );
  const shown = planned.map((entry) => {
    const live = lives.get(refText(entry.measure.object));
    return Object.assign({}, entry, {
      diff: measureDiff(entry.measure, live === undefined ? undefined : withoutOurs(live)),
    });
  });
  return { ...collected, shown, stray: stray.filter((id) => choice.means(id)) };
}

function strayText(id: string): string {
  return `applied, and not called for any more: ${id} (take it back: rekindle harden --undo --only ${id})`;
}

function diffAnswer(options: Options, { shown, stray, unseen, inventory }: Looked): number {
  const { output, base } = options;
  const written =
    output === undefined
      ? []
      : [
          writeOverlay(output, {
            shown,
            namespace: inventory.stack.namespace,
            ...(base !== undefined && { base }),
          }),
        ];
  const lines = [hardenText(shown, unseen), ...stray.map(strayText), ...written.map(({ text }) => text)];
  answer(options, 'harden', {
    text: lines.join('\n'),
    json: {
      measures: shown.map(measureJson),
      stray,
      unseen,
      ...(written[0] && { output: written[0].folder }),
    },
  });
  if (shown.some(({ state }) => state !== 'nothing' && state !== 'applied')) return exitCodes.broken;
  return unseen.length > 0 ? exitCodes.couldNotTell : exitCodes.healthy;
}

function resultsAnswer(
  options: Options,
  { context }: Session,
  {
    results,
    unseen,
    verdict,
  }: {
    readonly results: readonly HardenResult[];
    readonly unseen: readonly string[];
    readonly verdict?: string;
  },
): number {
  const text = resultsText(results, unseen);
  answer(options, 'harden', {
    text: verdict === undefined ? text : `${verdict}\n${text}`,
    json: { results, unseen, ...(verdict !== undefined && { verdict }) },
  });
  if (context.signal.aborted) {
    tell(`rekindle: ${causeText(context.signal.reason)}`);
    return exitCodes.interrupted;
  }
  if (results.some(({ outcome }) => outcome !== 'done')) return exitCodes.broken;
  return unseen.length > 0 ? exitCodes.couldNotTell : exitCodes.healthy;
}

/** Writes the run's frame into the journal around what changes something. */
async function asRun<T>({ log }: Session, command: string, work: () => Promise<T>): Promise<T> {
  log.begin(command, version());
  return work();
}

const sessionOf = (session: Session, { timeout }: Options): HardenSession => ({
  context: session.context,
  log: session.log,
  timeoutMs: timeout,
  starts: measurementsOf(eventsHere(session)).starts,
});

async function applyAll(session: Session, options: Options, looked: Looked): Promise<number> {
  const { shown: planned, lives, unseen } = looked;
  // Before this run: its own first words say nothing about what was proven.
  const events = eventsHere(session);
  const { verdict, results } = await asRun(session, 'harden --apply', () =>
    applyMeasures(sessionOf(session, options), { planned, lives, events }),
  );
  session.close();
  return resultsAnswer(options, session, { results, unseen, verdict: verdictText(verdict) });
}

async function undoAll(session: Session, options: Options, looked: Looked, choice: Choice): Promise<number> {
  const { shown: planned, lives, unread } = looked;
  const input = {
    planned,
    lives,
    events: eventsHere(session),
    ...(!choice.isAll && { isMeant: choice.means }),
  };
  const results = await asRun(session, 'harden --undo', () =>
    undoMeasures(sessionOf(session, options), input),
  );
  session.close();
  return resultsAnswer(options, session, { results, unseen: unread });
}

/**
 * `rekindle harden`: shows, applies or takes back what lets the stack come back by itself sooner. 0 nothing to do, or all
 * done; 1 something is proposed, refused or was taken back; 2 something, or all, could not be looked at.
 */
export async function harden(options: Options, signal: AbortSignal): Promise<number> {
  checkUse(options);
  const choice = new Choice(options.only);
  const session = await openSession(options, signal, false);
  try {
    // Without an answer there would be the stack from before, or none.
    await session.context.reader.ready();
    const changes = options.apply === true || options.undo === true;
    const policies = changedPolicies(eventsHere(session)).map(({ measure }) => measure);
    const act = async () => {
      const looked = await lookAt(session, choice, policies);
      if (options.undo === true) return undoAll(session, options, looked, choice);
      return options.apply === true ? applyAll(session, options, looked) : diffAnswer(options, looked);
    };
    return changes ? await holdingLock(session.target, 'rekindle harden', act) : await act();
  } finally {
    session.close();
  }
}
