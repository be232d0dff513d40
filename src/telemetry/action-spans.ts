import { type Context, type Span, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';

import type { StoredEvent } from '../domain/journal-event.ts';
import { refText } from '../domain/object-ref.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { spanWords } from './span-words.ts';

type EventOf<Type extends StoredEvent['type']> = Extract<StoredEvent, { readonly type: Type }>;

/** An action under way: from its intention to its proof. */
interface Action {
  readonly span: Span;
  readonly context: Context;
  /** What of it goes on just now: the act, then the proof. */
  part: Span;
}

const keyOf = ({ step, target }: PlannedStep): string => `${step} ${refText(target)}`;

/** The spans of one run's actions: precondition, act and proof below one span for each. Times are ms of the spans' clock. */
export class ActionSpans {
  readonly #tracer: Tracer;
  readonly #parent: Context;
  /** When a step was first planned: then its precondition begins. */
  readonly #planned = new Map<string, number>();
  readonly #actions = new Map<string, Action>();

  constructor(tracer: Tracer, parent: Context) {
    this.#tracer = tracer;
    this.#parent = parent;
  }

  planned(steps: readonly PlannedStep[], now: number): void {
    for (const step of steps) if (!this.#planned.has(keyOf(step))) this.#planned.set(keyOf(step), now);
  }

  intended({ action, step }: EventOf<'step-intended'>, now: number): void {
    const startTime = this.#planned.get(keyOf(step)) ?? now;
    this.#planned.delete(keyOf(step));
    const attributes = {
      'rekindle.step': step.step,
      'rekindle.object': spanWords(refText(step.target)),
      'rekindle.fault': step.because,
      'rekindle.risk': step.risk,
      'rekindle.reason': spanWords(step.reason),
    };
    const span = this.#tracer.startSpan(step.step, { startTime, attributes }, this.#parent);
    const context = trace.setSpan(this.#parent, span);
    this.#tracer.startSpan('precondition', { startTime }, context).end(now);
    const part = this.#tracer.startSpan('act', { startTime: now }, context);
    this.#actions.set(action, { span, context, part });
  }

  acted({ action: id, acted, detail }: EventOf<'step-acted'>, now: number): void {
    const action = this.#actions.get(id);
    if (action === undefined) return;
    action.part.setAttributes({ 'rekindle.acted': acted, 'rekindle.detail': spanWords(detail) });
    if (acted !== 'done') {
      this.#end(id, action, now, `${acted}: ${detail}`);
      return;
    }
    action.part.end(now);
    action.part = this.#tracer.startSpan('verify', { startTime: now }, action.context);
  }

  verified({ action: id, verified, detail }: EventOf<'step-verified'>, now: number): void {
    const action = this.#actions.get(id);
    if (action === undefined) return;
    action.part.setAttributes({ 'rekindle.verified': verified, 'rekindle.detail': spanWords(detail) });
    this.#end(id, action, now, verified === 'yes' ? undefined : `not proven (${verified}): ${detail}`);
  }

  /** Ends what is still under way when the run ends: nobody hears of it any more. */
  close(now: number): void {
    for (const [id, action] of this.#actions)
      this.#end(id, action, now, 'the run ended before its outcome was heard');
  }

  #end(id: string, { part, span }: Action, now: number, trouble: string | undefined): void {
    const status =
      trouble === undefined
        ? { code: SpanStatusCode.OK }
        : { code: SpanStatusCode.ERROR, message: spanWords(trouble) };
    for (const one of [part, span]) one.setStatus(status).end(now);
    this.#actions.delete(id);
  }
}
