import type { Pass } from '../app/run-log.ts';
import type { JournalEvent } from '../domain/journal-event.ts';
import { dateTime } from '../domain/time-stamp.ts';
import { oneLine } from '../observe/look.ts';
import type { Clock } from '../ports/clock.ts';
import type { Notice } from '../ports/notifier.ts';
import type { Supervisor } from '../ports/supervisor.ts';
import type { AgentState } from '../domain/agent-state.ts';
import { afterRecovery, judge, type Decision, type Ended, type Incident, type Sight } from './incident.ts';
import type { Pause } from './pause.ts';
import type { WatchSettings } from './settings.ts';
import { leftAlone, sightOf, startsOf } from './sight.ts';
import type { Triggers } from './triggers.ts';

/** How a recovery ended, and what a person is to be told of it. */
export interface RecoveryReport extends Pick<Ended, 'outcome' | 'trouble'> {
  /** One sentence. */
  readonly sentence: string;
  /** What was done, a line each. */
  readonly did: readonly string[];
  /** The starts of the nodes as it has left them (`startsOf`); none: not seen. */
  readonly starts: readonly string[];
}

/** The stack as the agent reaches it: everything that asks or touches anything. */
export interface Workplace {
  /** Name of the stack and context, for people; as far as they are known. */
  readonly name: string;
  /** One whole look; changes nothing. Throws when nothing at all can be asked. */
  look(): Promise<Pass>;
  /** One visit of the front door; undefined: it answers; else what it said. */
  visit(): Promise<string | undefined>;
  /** A proof by the declared write where there is one; undefined: proven; else what failed. */
  prove(): Promise<string | undefined>;
  /** One recovery, as `up` makes it, held back by the budgets. Throws AnotherAtWork. */
  recover(signal: AbortSignal): Promise<RecoveryReport>;
  /** The pause in force. */
  pause(): Pause | undefined;
  /** Why the cluster is down on purpose; undefined: it is not. */
  stoppedByHand(): string | undefined;
}

export interface AgentParts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly workplace: Workplace;
  readonly triggers: Triggers;
  readonly supervisor: Supervisor;
  readonly settings: WatchSettings;
  /** Of the agent, for the journal. */
  readonly run: string;
  readonly record: (event: JournalEvent) => unknown;
  readonly notify: (notice: Notice) => Promise<void>;
  /** Shows how the agent is: status file, metrics. */
  readonly show: (state: AgentState) => void;
}

/** Without a journal there is no agent, and only one agent watches a cluster. */
function isFatal(error: unknown): boolean {
  return error instanceof Error && ['JournalUnavailable', 'AnotherAgent'].includes(error.name);
}

/** Somebody else is at work, or nobody answers yet: that says nothing about whether a recovery helps. */
function isNobodysFault(error: unknown): boolean {
  const names = ['AnotherAtWork', 'EngineUnreachable', 'ClusterUnreachable'];
  return error instanceof Error && names.includes(error.name);
}

/** Pause is asked for this often while a recovery is under way, ms. */
const pauseEveryMs = 1000;

/** After a look that failed the agent looks whole again, whatever is due, ms. */
const never = Number.NEGATIVE_INFINITY;

/**
 * Watches one stack and brings it back: looks when something happened and when it is time, decides (`incident.ts`), recovers
 * as `up` does, and calls a person when that does not help. Everything it decides on comes from a look made just then;
 * events only say when to look. It may be killed at any point: the next agent begins with a recovery, which is what `up` is.
 */
export class Agent {
  readonly #parts: AgentParts;
  #incident: Incident | undefined;
  /** The stack has not been seen usable since the machine, the cluster or this agent started. */
  #sinceBoot = true;
  /** A recovery has ended since then. */
  #wasTried = false;
  /** The starts of the nodes that were seen last. */
  #starts: ReadonlySet<string> = new Set();
  #lookedAt = never;
  /** Something was seen to be wrong since the last incident ended. */
  #wasDown = false;
  #provenAt = never;
  #tried: string[] = [];
  /** A person was called, and was not told since that it is over. */
  #isCalled = false;
  #health: Sight['health'] | undefined;
  #state: AgentState = { state: 'starting', sentence: 'The agent has started.', since: 0 };

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  /** Runs until the signal fires. Throws JournalUnavailable and AnotherAgent. */
  async run(): Promise<void> {
    const { clock, signal, triggers, supervisor } = this.#parts;
    supervisor.ready();
    let reason: string | undefined = 'the agent has started';
    while (!signal.aborted) {
      const inMs = await this.#round(reason);
      supervisor.watchdog();
      try {
        reason = await triggers.next(inMs, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
    supervisor.stopping();
    this.#show({ state: 'stopped', sentence: 'The agent was ended.', since: clock.now() });
  }

  /** Looks once, does what follows, and says after how long to look again, ms. */
  async #round(reason: string | undefined): Promise<number> {
    const { clock, workplace, settings } = this.#parts;
    const pause = workplace.pause();
    const sight = await this.#see(reason !== undefined);
    this.#health = sight.health;
    if (pause !== undefined) return this.#paused(pause, sight);
    const { incident, decision } = judge(this.#incident, sight, settings);
    this.#note(incident, sight);
    switch (decision.act) {
      case 'rest':
        this.#show({ state: 'usable', sentence: 'Usable.', since: clock.now() });
        return settings.visitEveryMs;
      case 'wait':
        this.#say(sight, decision.why);
        return decision.inMs;
      case 'close':
        await this.#close(decision.seconds);
        return settings.visitEveryMs;
      case 'call':
        await this.#call(decision.reason, sight.trouble);
        return settings.closeLookEveryMs;
      case 'recover':
        return this.#recover(decision.why, clock.monotonic());
    }
  }

  /** A visit is enough while all is well; a whole look where something is wrong, has happened, or is due; a proof when that is. */
  async #see(isCalled: boolean): Promise<Sight> {
    const at = this.#parts.clock.monotonic();
    const stopped = this.#parts.workplace.stoppedByHand();
    try {
      const sight = (await this.#isEnough(isCalled, at))
        ? ({ at, health: 'usable', trouble: '', sinceBoot: false, wasTried: false } as const)
        : await this.#look(at, stopped);
      return sight.health === 'usable' ? await this.#believe(sight) : sight;
    } catch (error) {
      if (isFatal(error)) throw error;
      this.#lookedAt = never;
      this.#wasDown = true;
      const trouble = oneLine(error);
      return { at, health: 'unknown', trouble, ...this.#start(), onPurpose: stopped };
    }
  }

  /** Whether a visit says all that is to be known now. */
  async #isEnough(isCalled: boolean, at: number): Promise<boolean> {
    const { workplace, settings } = this.#parts;
    const isQuiet = this.#incident?.troubleSince === undefined && !this.#sinceBoot;
    const everyMs = this.#incident === undefined ? settings.lookEveryMs : settings.closeLookEveryMs * 6;
    if (!isQuiet || isCalled || at - this.#lookedAt >= everyMs) return false;
    return (await workplace.visit()) === undefined;
  }

  async #look(at: number, stopped: string | undefined): Promise<Sight> {
    const pass = await this.#parts.workplace.look();
    this.#lookedAt = at;
    this.#noteStarts(startsOf(pass));
    const { health, trouble } = sightOf(pass);
    if (health !== 'usable') this.#wasDown = true;
    return { at, health, trouble, ...this.#start(), onPurpose: stopped ?? leftAlone(pass) };
  }

  #start(): Pick<Sight, 'sinceBoot' | 'wasTried'> {
    return { sinceBoot: this.#sinceBoot, wasTried: this.#wasTried };
  }

  /** A node that has started since the last look takes back what was proven before. */
  #noteStarts(starts: readonly string[]): void {
    if (starts.length === 0) return;
    if (this.#starts.size > 0 && starts.some((start) => !this.#starts.has(start))) {
      this.#sinceBoot = true;
      this.#wasTried = false;
    }
    this.#starts = new Set(starts);
  }

  /**
   * A door that opens and a write that fails is trouble: proves what looks usable, when the last proof is long enough ago or of
   * before a start. The first thing after a boot is a recovery, which proves by itself.
   */
  async #believe(sight: Sight): Promise<Sight> {
    const { workplace, settings } = this.#parts;
    if (this.#sinceBoot && this.#incident?.wasHelped !== true)
      return { ...sight, health: 'settling', trouble: 'not proven since the last start' };
    if (!this.#sinceBoot && sight.at - this.#provenAt < settings.proveEveryMs) return sight;
    const failed = await workplace.prove();
    if (failed !== undefined) return { ...sight, health: 'broken', trouble: `the proof failed: ${failed}` };
    this.#sinceBoot = false;
    this.#proven();
    return { ...sight, sinceBoot: false };
  }

  #paused({ until, reason }: Pause, { health, trouble }: Sight): number {
    const { clock, settings } = this.#parts;
    const how = health === 'usable' ? 'usable' : `${health}: ${trouble}`;
    const sentence = `Paused until ${dateTime(until)} (${reason}); the stack is ${how}.`;
    this.#show({ state: 'paused', sentence, since: clock.now() });
    return Math.min(settings.visitEveryMs, Math.max(until - clock.now(), 0) + 1);
  }

  #note(incident: Incident | undefined, { trouble, sinceBoot }: Sight): void {
    const { record, run } = this.#parts;
    if (this.#incident === undefined && incident !== undefined) {
      this.#tried = [];
      record({ type: 'incident-opened', run, trouble, sinceBoot });
    }
    this.#incident = incident;
  }

  #proven(): void {
    const { clock } = this.#parts;
    this.#provenAt = clock.monotonic();
    this.#state = { ...this.#state, provenAt: clock.now() };
  }

  #say({ health, trouble }: Sight, why: string): void {
    const { clock } = this.#parts;
    const escalation = this.#incident?.escalation;
    const usable = health === 'usable';
    this.#show({
      state: usable ? 'usable' : escalation === undefined ? 'trouble' : 'needs-human',
      sentence: usable ? `Usable; ${why}.` : `${escalation?.reason ?? trouble}: ${why}.`,
      since: clock.now(),
    });
  }

  async #close(seconds: number): Promise<void> {
    const { record, run, clock } = this.#parts;
    record({ type: 'incident-closed', run, seconds });
    this.#wasDown = false;
    this.#show({ state: 'usable', sentence: 'Usable.', since: clock.now() });
    if (this.#isCalled) await this.#tellOver('It came back without the agent.');
  }

  /** Tells that an incident is over. */
  async #tellOver(text: string): Promise<void> {
    const { clock, notify, workplace } = this.#parts;
    this.#isCalled = false;
    const title = `${workplace.name} is usable again`;
    await notify({ kind: 'recovered', stack: workplace.name, title, text, at: clock.now() });
  }

  async #call(reason: string, trouble: string): Promise<void> {
    const { record, run, clock, notify, workplace } = this.#parts;
    const tried = [...this.#tried];
    this.#isCalled = true;
    record({ type: 'person-called', run, reason, trouble, tried });
    this.#show({ state: 'needs-human', sentence: `A person is needed: ${reason}.`, since: clock.now() });
    const did = tried.length === 0 ? 'Nothing was done.' : `What was tried:\n${tried.join('\n')}`;
    await notify({
      kind: 'needs-human',
      stack: workplace.name,
      title: `${workplace.name} needs you`,
      text: `${reason}\n${did}\nBegin with: rekindle diagnose`,
      at: clock.now(),
    });
  }

  async #recover(why: string, at: number): Promise<number> {
    const { clock, workplace, settings, signal } = this.#parts;
    this.#show({ state: 'recovering', sentence: `Bringing it back: ${why}.`, since: clock.now() });
    const stop = new AbortController();
    const watching = this.#stopWhenUnwanted(stop);
    let report: RecoveryReport;
    try {
      report = await workplace.recover(AbortSignal.any([stop.signal, signal]));
    } catch (error) {
      if (isFatal(error)) throw error;
      const outcome = isNobodysFault(error) ? 'interrupted' : 'not-usable';
      report = { outcome, trouble: oneLine(error), sentence: oneLine(error), did: [], starts: [] };
    } finally {
      stop.abort();
      await watching;
    }
    return this.#afterwards(report, at, settings);
  }

  /**
   * Ends a recovery when somebody asks for a pause or stops the cluster meanwhile: an action that was begun is ended, no other
   * follows.
   */
  async #stopWhenUnwanted(stop: AbortController): Promise<void> {
    const { clock, workplace } = this.#parts;
    while (!stop.signal.aborted) {
      const why = workplace.pause() === undefined ? workplace.stoppedByHand() : 'paused by hand';
      if (why !== undefined) stop.abort(new Error(why));
      try {
        await clock.sleep(pauseEveryMs, stop.signal);
      } catch {
        // The recovery has ended, or was ended here.
        return;
      }
    }
  }

  async #afterwards(report: RecoveryReport, began: number, settings: WatchSettings): Promise<number> {
    const { clock } = this.#parts;
    const at = clock.monotonic();
    this.#tried.push(...report.did);
    this.#lookedAt = never;
    if (this.#incident === undefined) return 0;
    // What the recovery itself has started is no new start.
    if (report.starts.length > 0) this.#starts = new Set(report.starts);
    this.#wasTried ||= report.outcome !== 'interrupted';
    if (report.outcome === 'usable') {
      this.#sinceBoot = false;
      this.#health = 'usable';
      this.#proven();
      this.#show({ state: 'usable', sentence: report.sentence, since: clock.now() });
    }
    const { incident, decision } = afterRecovery(this.#incident, { ...report, at }, settings);
    this.#incident = incident;
    if (report.outcome === 'usable' && (report.did.length > 0 || this.#wasDown)) {
      this.#wasDown = false;
      const seconds = Math.round((at - began) / 1000);
      await this.#tellOver([`${report.sentence} It took ${seconds} s.`, ...report.did].join('\n'));
    }
    if (decision.act === 'call') await this.#call(report.sentence, report.trouble);
    return waitOf(decision, settings);
  }

  #show(state: AgentState): void {
    const { supervisor, show } = this.#parts;
    const { provenAt } = this.#state;
    const isSame = state.state === this.#state.state;
    this.#state = {
      ...state,
      since: isSame ? this.#state.since : state.since,
      ...(this.#health !== undefined && { health: this.#health }),
      ...(provenAt !== undefined && { provenAt }),
    };
    supervisor.status(state.sentence);
    show(this.#state);
  }
}

function waitOf(decision: Decision, { closeLookEveryMs }: WatchSettings): number {
  return decision.act === 'wait' ? decision.inMs : closeLookEveryMs;
}
