import type { Pass } from '../app/run-log.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import { refText } from '../domain/object-ref.ts';
import type { PlannedStep, Refusal } from '../domain/plan.ts';
import { layerRows, rowNames, rowOf, type RowName, type RowState } from '../report/layer-rows.ts';
import type { Branch, Leaf } from '../report/tree-frame.ts';

interface Row {
  readonly state: RowState;
  readonly detail: string;
  /** When it worked without a break from then on, ms since the start; undefined while it does not. */
  readonly workedAt?: number;
}

interface Shown extends Leaf {
  readonly row: RowName;
}

const verifiedStates = { yes: 'works', no: 'broken', unknown: 'waiting' } as const;

/** The state of the task tree of one run, folded from what the run tells; times in ms since its start. */
export class ProgressTree {
  readonly #rows = new Map<RowName, Row>(rowNames.map((name) => [name, { state: 'waiting', detail: '' }]));
  readonly #leaves = new Map<string, Shown>();
  #findings: Pass['findings'] = [];
  #note = '';

  get note(): string {
    return this.#note;
  }

  said(line: string): void {
    this.#note = line;
  }

  passed({ observation, findings, plan }: Pass, now: number): void {
    this.#findings = findings;
    for (const { name, state, detail } of layerRows(observation, findings))
      this.#set(name, state, detail, now);
    this.#note = plan.waits[0] === undefined ? '' : `waiting: ${plan.waits[0]}`;
  }

  stored(event: StoredEvent, now: number): void {
    if (event.type === 'step-intended') this.#begin(event.action, event.step);
    if (event.type === 'step-acted' && event.acted !== 'done')
      this.#become(event.action, 'broken', event.detail);
    if (event.type === 'step-verified')
      this.#become(event.action, verifiedStates[event.verified], event.detail);
    if (event.type === 'step-refused') this.#refuse(event.refusal);
    this.#prove(event, now);
  }

  /** The tree as it is at `now`; every text in it has gone through `clean`. */
  branches(now: number, clean: (text: string) => string): readonly Branch[] {
    return [...this.#rows].map(([name, { state, detail, workedAt }]) => ({
      name,
      state,
      detail: clean(detail),
      seconds: (workedAt ?? now) / 1000,
      leaves: [...this.#leaves.values()]
        .filter(({ row }) => row === name)
        .map((leaf) => ({ state: leaf.state, text: clean(leaf.text) })),
    }));
  }

  #set(name: RowName, state: RowState, detail: string, now: number): void {
    const workedAt = state === 'works' ? (this.#rows.get(name)?.workedAt ?? now) : undefined;
    this.#rows.set(name, { state, detail, ...(workedAt !== undefined && { workedAt }) });
  }

  #prove(event: StoredEvent, now: number): void {
    if (event.type === 'write-verified')
      this.#set('proof', 'waiting', `${event.count} in a row read back through the front door`, now);
    if (event.type !== 'run-ended') return;
    const { state, sentence } = event.verdict;
    this.#set('proof', state === 'healthy' ? 'works' : 'broken', sentence, now);
    this.#note = '';
  }

  #begin(action: string, { step, target, because, reason }: PlannedStep): void {
    const finding = this.#findings.find(({ fault }) => fault === because);
    const row = finding === undefined ? 'proof' : rowOf(finding);
    this.#leaves.set(action, { row, state: 'waiting', text: `${step} on ${refText(target)}: ${reason}` });
  }

  #become(action: string, state: RowState, detail: string): void {
    const leaf = this.#leaves.get(action);
    if (leaf !== undefined) this.#leaves.set(action, { ...leaf, state, text: `${leaf.text} ${detail}` });
  }

  #refuse({ step, target, reason, advice }: Refusal): void {
    const about = this.#findings.find(({ object }) => refText(object) === refText(target));
    const row = about === undefined ? 'proof' : rowOf(about);
    const text = `not done: ${step} on ${refText(target)}: ${reason} ${advice}`;
    this.#leaves.set(`refused ${step} ${refText(target)}`, { row, state: 'absent', text });
  }
}
