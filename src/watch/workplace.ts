import type { ActContext } from '../act/define-step.ts';
import { examine } from '../app/examine.ts';
import { proveTwice } from '../app/prove-twice.ts';
import { recover, type Recovered, type Site } from '../app/recover.ts';
import { refreshStack } from '../app/refresh-stack.ts';
import { RunLog, type Listener, type Pass } from '../app/run-log.ts';
import { frontDoorServing } from '../verify/front-door-serving.ts';
import { wantedLevel } from '../verify/verifier.ts';
import { taskText, verdictText } from '../report/text.ts';
import { actionText } from '../report/outcome.ts';
import type { JournalEvent } from '../domain/journal-event.ts';
import { seen } from '../domain/looked.ts';
import { oneLine } from '../observe/look.ts';
import type { Restraint } from '../plan/guards/define-guard.ts';
import type { Clock } from '../ports/clock.ts';
import type { JournalCluster, JournalStore } from '../ports/journal-store.ts';
import type { RecoveryReport, Workplace } from './agent.ts';
import { followContainers, followPods } from './feeds.ts';
import { pauseEvents, pauseOf } from './pause.ts';
import { sightOf, startsOf } from './sight.ts';
import { StopsByHand } from './stops-by-hand.ts';

/** What is needed to look and to act, until something about the way to the cluster changes. */
export interface WatchSession extends Omit<Site, 'log'> {
  readonly close: () => void;
}

export interface WorkplaceParts {
  readonly clock: Clock;
  readonly version: string;
  /** Reads every input anew; throws when one cannot be used or nothing answers. */
  readonly open: () => Promise<WatchSession>;
  /** The agent's own journal, which is open whether there is a session or not. */
  readonly journal: Pick<JournalStore, 'events'>;
  readonly record: (event: JournalEvent) => void;
  /** Of the agent; its recoveries have runs of their own. */
  readonly run: string;
  /** The kernel's name for this boot; undefined: it has none. */
  readonly boot: string | undefined;
  /** The cluster that the agent before this one has watched; undefined: not known. */
  readonly lastWatched: () => JournalCluster | undefined;
  /** Runs the work while this process holds the cluster's lock. Throws AnotherAtWork. */
  readonly holding: <T>(target: WatchSession['target'], work: () => Promise<T>) => Promise<T>;
  readonly listener: Listener;
  readonly restraint: Restraint;
  readonly recoveryMs: number;
  readonly poke: (reason: string) => void;
  /** Called while a recovery or a look goes on. */
  readonly alive: () => void;
}

/** A log remembers what it saw: after this time another one begins, ms. */
const longestMs = 24 * 3_600_000;

/** When the API does not answer for this long, the way to it is read anew: the cluster may have other keys and another port, ms. */
const silentMs = 60_000;

/** The same context with another signal; what it reads stays live. */
function withSignal(context: ActContext, signal: AbortSignal): ActContext {
  return Object.create(context, { signal: { value: signal, enumerable: true } }) as ActContext;
}

/** A session with what goes on beside it. */
interface Open {
  readonly session: WatchSession;
  readonly log: RunLog;
  readonly since: number;
  readonly ending: AbortController;
  readonly feeds: Promise<unknown>;
}

/** Files that lie in a copy wait for a person, and keep nothing from being tried again. */
function outcomeOf({ verdict, pass }: Recovered, aborted: boolean): RecoveryReport['outcome'] {
  if (aborted) return 'interrupted';
  if (verdict.state === 'healthy') return 'usable';
  // Without a known front door nothing can be proven; then what was seen has to do.
  if (verdict.wanted === 'none' && sightOf(pass).health === 'usable') return 'usable';
  const { tasks } = pass.plan;
  const isForPeople = tasks.length > 0 || pass.plan.refusals.some(({ kind }) => kind === 'human');
  return isForPeople ? 'needs-human' : 'not-usable';
}

/** The stack that the agent watches, through one session that is kept while it works. */
export class SessionWorkplace implements Workplace {
  readonly #parts: WorkplaceParts;
  readonly #stops: StopsByHand;
  /** Tasks that were in a notice, word for word. */
  readonly #told = new Set<string>();
  #open: Open | undefined;
  #target: JournalCluster | undefined;

  constructor(parts: WorkplaceParts) {
    this.#parts = parts;
    this.#stops = new StopsByHand({ ...parts, target: () => this.#watched() });
  }

  get name(): string {
    return this.#open?.session.context.stack.name ?? 'the stack';
  }

  async look(): Promise<Pass> {
    const { session, log } = await this.#session();
    this.#parts.alive();
    try {
      await refreshStack(session, log);
      const pass = await examine(session.context, log, { restraint: this.#parts.restraint });
      log.note(pass);
      this.#stops.seen(seen(pass.observation.containers) ?? []);
      if (!pass.observation.api.looked && this.#age() > silentMs) await this.close();
      return pass;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async visit(): Promise<string | undefined> {
    const { session } = await this.#session();
    if (session.context.stack.frontDoor === undefined) return undefined;
    const { answer, evidence } = await frontDoorServing(session.context);
    return answer === 'yes' ? undefined : evidence;
  }

  async prove(): Promise<string | undefined> {
    const { session, log } = await this.#session();
    const wanted = wantedLevel(session.context);
    if (wanted === 'none') return undefined;
    const { level, last } = await proveTwice(session.context, log);
    return level === wanted ? undefined : last.evidence;
  }

  async recover(signal: AbortSignal): Promise<RecoveryReport> {
    const { session } = await this.#session();
    const { clock, holding, listener, restraint, recoveryMs, version, alive } = this.#parts;
    const passed = (pass: Pass): void => {
      alive();
      listener.passed?.(pass);
    };
    return holding(session.target, async () => {
      const log = new RunLog(session, clock, { ...listener, passed });
      const site = { ...session, context: withSignal(session.context, signal), log };
      const options = { command: 'watch', version, restraint, tellsTasks: false } as const;
      const result = await recover(site, { ...options, timeoutMs: recoveryMs });
      const told = result.actions.filter(({ acted }) => acted !== 'skipped');
      const outcome = outcomeOf(result, signal.aborted);
      return {
        outcome,
        trouble: sightOf(result.pass).trouble,
        sentence: verdictText(result.verdict),
        did: [...told.map((action) => actionText(action)), ...this.#copiesToTell(result, outcome)],
        starts: startsOf(result.pass),
      };
    });
  }

  /** Files that lie in a copy only, for the notice that these outcomes lead to; the journal keeps them for `up`. */
  #copiesToTell({ copies }: Recovered, outcome: RecoveryReport['outcome']): readonly string[] {
    if (outcome !== 'usable' && outcome !== 'needs-human') return [];
    const fresh = copies.map(taskText).filter((text) => !this.#told.has(text));
    for (const text of fresh) this.#told.add(text);
    return fresh;
  }

  /** Also while nothing can be asked: then of the cluster that was watched last. */
  pause(): ReturnType<typeof pauseOf> {
    const { journal, clock } = this.#parts;
    const target = this.#watched();
    if (target === undefined) return undefined;
    const events = journal.events({ types: pauseEvents, on: target, last: 1 });
    return pauseOf(events, target.cluster, clock.now());
  }

  stoppedByHand(): string | undefined {
    return this.#stops.text;
  }

  /** Ends the session and what goes on beside it; the next look opens another one. */
  async close(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    open.ending.abort(new Error('the session has ended'));
    await open.feeds;
    open.session.close();
  }

  #watched(): JournalCluster | undefined {
    return (this.#target ??= this.#parts.lastWatched());
  }

  #age(): number {
    return this.#open === undefined ? 0 : this.#parts.clock.monotonic() - this.#open.since;
  }

  async #session(): Promise<Open> {
    const { open } = this.#parts;
    if (this.#age() > longestMs) await this.close();
    if (this.#open === undefined) this.#open = this.#begin(await open());
    return this.#open;
  }

  #begin(session: WatchSession): Open {
    const { clock, listener, poke } = this.#parts;
    const { context, target, store } = session;
    this.#target = target;
    const ending = new AbortController();
    const say = (line: string) => listener.said?.(line);
    const feed = { clock, signal: ending.signal, poke, say };
    store.trim();
    const stops = this.#stops;
    const feeds = Promise.all([
      followContainers({ ...feed, provider: context.provider, cluster: target.cluster, stops }),
      followPods({ ...feed, reader: context.reader, namespace: () => context.stack.namespace }),
    ]).catch((error: unknown) => poke(`events cannot be followed: ${oneLine(error)}`));
    const log = new RunLog(session, clock, listener);
    return { session, log, since: clock.monotonic(), ending, feeds };
  }
}
