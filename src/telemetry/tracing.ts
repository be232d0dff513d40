import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';

import type { Listener, Pass } from '../app/run-log.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import { refText } from '../domain/object-ref.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Clock } from '../ports/clock.ts';
import { refusalText } from '../report/text.ts';
import { ActionSpans } from './action-spans.ts';
import { handle } from './handlers.ts';
import { spanWords } from './span-words.ts';

interface Run {
  readonly id: string;
  readonly span: Span;
  readonly context: Context;
  readonly actions: ActionSpans;
  /** When the look before ended. */
  lookedUntil: number;
}

/**
 * A recovery as spans: one for the run, below it one for each pass with what was waited for, and one for each action with its
 * precondition, the act and the proof; findings and refusals are events of the run. A fold over events and passes, as
 * the printers are. Looks outside of a run make no span.
 */
export class Tracing implements Listener {
  readonly #tracer: Tracer;
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly #stack: () => string;
  /** Between the two clocks as a run began, ms: its spans must not run backwards when the machine's clock is set. */
  #offset = 0;
  #run: Run | undefined;

  constructor(tracer: Tracer, clock: Pick<Clock, 'now' | 'monotonic'>, stack: () => string) {
    this.#tracer = tracer;
    this.#clock = clock;
    this.#stack = stack;
  }

  readonly stored = (event: StoredEvent): void => {
    if (event.type === 'run-started') {
      this.#begin(event);
      return;
    }
    const run = this.#run;
    if (run?.id !== event.run) return;
    const now = this.#now();
    noteEvent(run.span, event, now);
    handle(event, {
      'step-intended': (intended) => run.actions.intended(intended, now),
      'step-acted': (acted) => run.actions.acted(acted, now),
      'step-verified': (verified) => run.actions.verified(verified, now),
      'run-ended': ({ verdict }) => {
        noteVerdict(run.span, verdict);
        this.close();
      },
    });
  };

  readonly passed = ({ findings, plan }: Pass): void => {
    const run = this.#run;
    if (run === undefined) return;
    const now = this.#now();
    run.actions.planned(plan.steps, now);
    const attributes = {
      'rekindle.waits': plan.waits.map(spanWords),
      'rekindle.findings': findings.map(({ fault, kind, object }) =>
        spanWords(`${kind} ${fault} ${refText(object)}`),
      ),
      'rekindle.steps': plan.steps.map(({ step, target }) => spanWords(`${step} on ${refText(target)}`)),
    };
    this.#tracer.startSpan('look', { startTime: run.lookedUntil, attributes }, run.context).end(now);
    run.lookedUntil = now;
  };

  /** Ends the run that is still open, when there is one. */
  close(): void {
    const now = this.#now();
    this.#run?.actions.close(now);
    this.#run?.span.end(now);
    this.#run = undefined;
  }

  #now(): number {
    return this.#clock.monotonic() + this.#offset;
  }

  #begin({
    run: id,
    command,
    context,
    version,
  }: Extract<StoredEvent, { readonly type: 'run-started' }>): void {
    // A run whose end was never recorded ends where the next one begins.
    this.close();
    this.#offset = this.#clock.now() - this.#clock.monotonic();
    const startTime = this.#now();
    const attributes = {
      'rekindle.run': id,
      'rekindle.command': command,
      'rekindle.context': spanWords(context),
      'rekindle.version': version,
      'rekindle.stack': spanWords(this.#stack()),
    };
    const span = this.#tracer.startSpan('recovery', { startTime, attributes }, ROOT_CONTEXT);
    const own = trace.setSpan(ROOT_CONTEXT, span);
    this.#run = {
      id,
      span,
      context: own,
      actions: new ActionSpans(this.#tracer, own),
      lookedUntil: startTime,
    };
  }
}

function noteVerdict(span: Span, { state, proven, sentence }: Verdict): void {
  span.setAttributes({ 'rekindle.verdict': state, 'rekindle.proven': proven });
  const isGood = state === 'healthy';
  span.setStatus(
    isGood ? { code: SpanStatusCode.OK } : { code: SpanStatusCode.ERROR, message: spanWords(sentence) },
  );
}

/** What happened at one moment of the run. */
function noteEvent(span: Span, event: StoredEvent, now: number): void {
  handle(event, {
    'finding-opened': ({ finding: { fault, object, layer, kind, claim } }) => {
      const words = { 'rekindle.object': spanWords(refText(object)), 'rekindle.claim': spanWords(claim) };
      const labels = { 'rekindle.fault': fault, 'rekindle.layer': layer, 'rekindle.kind': kind };
      span.addEvent(`finding ${fault}`, { ...labels, ...words }, now);
    },
    'finding-closed': ({ fault, object }) => {
      span.addEvent(`gone ${fault}`, { 'rekindle.fault': fault, 'rekindle.object': spanWords(object) }, now);
    },
    'step-refused': ({ refusal }) => {
      const { step, guard, target } = refusal;
      const words = {
        'rekindle.object': spanWords(refText(target)),
        'rekindle.reason': spanWords(refusalText(refusal)),
      };
      span.addEvent(`refused ${step}`, { 'rekindle.step': step, 'rekindle.guard': guard, ...words }, now);
    },
    'write-verified': ({ count }) => void span.addEvent(`write ${count} read back`, {}, now),
  });
}
