import { randomUUID } from 'node:crypto';

import type { Finding } from '../domain/finding.ts';
import { actionEvents, type JournalEvent, type StoredEvent } from '../domain/journal-event.ts';
import { refText } from '../domain/object-ref.ts';
import type { Observation } from '../domain/observation.ts';
import type { Plan } from '../domain/plan.ts';
import { usualStarts } from './measured-starts.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventFilter, JournalCluster, JournalStore } from '../ports/journal-store.ts';

/** One look at the stack and what follows from it. */
export interface Pass {
  readonly observation: Observation;
  readonly findings: readonly Finding[];
  readonly plan: Plan;
}

/** Who wants to know: printers. They never change a run. */
export interface Listener {
  readonly stored?: (event: StoredEvent) => void;
  readonly passed?: (pass: Pass) => void;
  readonly said?: (line: string) => void;
}

/** A journal, and the cluster of which a run wants to know what was done. */
export interface ClusterJournal {
  readonly store: JournalStore;
  readonly target: JournalCluster;
}

const findingKey = (finding: Finding) => `${finding.fault} ${refText(finding.object)}`;

/** How many past events of a kind are read: for cool-downs and budgets an hour's worth is more than enough. */
const pastEvents = 500;

/** Clocks are put right by less than this all the time, ms. */
const slewMs = 1000;

/**
 * The record of one run: journal first, printers after it is on disk; and when each finding was first seen. What this run
 * has to compare with the present it remembers by the monotonic clock: the machine's clock may be set while it works.
 */
export class RunLog {
  readonly id = randomUUID();
  readonly #store: JournalStore;
  readonly #cluster: JournalCluster;
  readonly #clock: Clock;
  readonly #listener: Listener;
  /** Open findings, by when the look that first found them began; monotonic, ms. */
  readonly #open = new Map<string, number>();
  /** When each event of this run was written, by its place in the journal; monotonic, ms. */
  readonly #written = new Map<number, number>();
  readonly #refused = new Set<string>();
  readonly #began: number;
  /** When the last look began, by both clocks, ms. */
  #look: { readonly monotonic: number; readonly at: number };
  #usual: ReadonlyMap<string, number> | undefined;

  constructor({ store, target }: ClusterJournal, clock: Clock, listener: Listener) {
    this.#store = store;
    this.#cluster = target;
    this.#clock = clock;
    this.#listener = listener;
    this.#began = clock.monotonic();
    this.#look = { monotonic: this.#began, at: clock.now() };
  }

  /** Writes down that the run begins, and where: only by that is what it does known from what is done on other clusters. */
  begin(command: string, version: string): void {
    const { cluster, context } = this.#cluster;
    this.record({ type: 'run-started', run: this.id, command, cluster, context, version });
  }

  /** A look at the stack begins: what it finds was seen from now on, and times of the past are told by its clock. */
  beginLook(): void {
    this.#look = { monotonic: this.#clock.monotonic(), at: this.#clock.now() };
  }

  /** Writes the event to disk, then shows it. Throws when it cannot be written. */
  readonly record = (event: JournalEvent): StoredEvent => {
    const stored = this.#store.append(event, this.#clock.now());
    this.#written.set(stored.seq, this.#clock.monotonic());
    this.#listener.stored?.(stored);
    return stored;
  };

  /** The newest events of these types on this cluster, as they were written, with the times of the clock of then. */
  readonly events = (types: NonNullable<EventFilter['types']>): readonly StoredEvent[] =>
    this.#store.events({ types, on: this.#cluster, last: pastEvents });

  /**
   * The same with the times that the clock of the last look would give them: cool-downs go on whether it is set back or
   * forward; actions only. Of what earlier runs wrote only so much is certain, that it was before this run.
   */
  past(): readonly StoredEvent[] {
    const atStart = this.#timeOf(this.#began);
    return this.events(actionEvents).map((event) => {
      const written = this.#written.get(event.seq);
      const at = written === undefined ? Math.min(event.at, atStart) : this.#timeOf(written);
      return Math.abs(at - event.at) < slewMs ? event : Object.assign({}, event, { at });
    });
  }

  /** When this run first saw a finding of this fault on this object, by the clock of the last look; undefined before that. */
  readonly firstSeen = (fault: string, object: string): number | undefined => {
    const seen = this.#open.get(`${fault} ${object}`);
    return seen === undefined ? undefined : this.#timeOf(seen);
  };

  /** A monotonic time by the clock of the last look, ms since the epoch. */
  #timeOf(monotonic: number): number {
    return this.#look.at - (this.#look.monotonic - monotonic);
  }

  /** What is usual, as far as earlier runs have measured it. */
  readonly usualStart = (component: string): number | undefined => {
    this.#usual ??= usualStarts(this.events(['starts-measured']));
    return this.#usual.get(component);
  };

  say(line: string): void {
    this.#listener.said?.(line);
  }

  /** Shows a pass that is not part of a run: nothing is recorded. */
  show(pass: Pass): void {
    this.#listener.passed?.(pass);
  }

  /** Remembers when the findings of a pass that is not part of a run were first seen; writes and shows nothing. */
  remember({ findings }: Pass): void {
    const now = new Set(findings.map((finding) => findingKey(finding)));
    for (const key of now) if (!this.#open.has(key)) this.#open.set(key, this.#look.monotonic);
    for (const key of this.#open.keys()) if (!now.has(key)) this.#open.delete(key);
  }

  /**
   * Notes what opened, what closed and what was newly refused since the pass before; unchanged things are not repeated, and
   * what is only to be waited for is not told.
   */
  note(pass: Pass): void {
    const now = new Map(pass.findings.map((finding) => [findingKey(finding), finding]));
    for (const [key, finding] of now) {
      if (this.#open.has(key)) continue;
      this.#open.set(key, this.#look.monotonic);
      this.record({ type: 'finding-opened', run: this.id, finding });
    }
    for (const key of this.#open.keys()) {
      if (now.has(key)) continue;
      this.#open.delete(key);
      const [fault = '', ...object] = key.split(' ');
      this.record({ type: 'finding-closed', run: this.id, fault, object: object.join(' ') });
    }
    for (const refusal of pass.plan.refusals) {
      const key = `${refusal.guard} ${refusal.step} ${refText(refusal.target)}`;
      if (refusal.kind === 'wait' || this.#refused.has(key)) continue;
      this.#refused.add(key);
      this.record({ type: 'step-refused', run: this.id, refusal });
    }
    this.#listener.passed?.(pass);
  }
}
