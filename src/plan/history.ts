import type { StoredEvent } from '../domain/journal-event.ts';
import { refText } from '../domain/object-ref.ts';
import type { StepName } from '../domain/plan.ts';

/** One past action on one object, folded from the journal. */
export interface PastAction {
  readonly action: string;
  readonly run: string;
  readonly step: StepName;
  readonly target: string;
  /** The controller of the pod that was acted on, where the step names it: the pod's successor has another name. */
  readonly owner?: string;
  readonly intendedAt: number;
  /** Undefined while (or if never) heard back: the process may have died in between. */
  readonly acted?: 'done' | 'failed' | 'unknown';
  readonly actedAt?: number;
  /** It failed before it changed anything. */
  readonly untouched?: true;
  readonly verified?: 'yes' | 'no' | 'unknown';
  /** What was heard last: what was done, why it failed, or what its proof says. */
  readonly detail?: string;
}

/** Folds journal events into actions, oldest first. */
export function pastActions(events: readonly StoredEvent[]): readonly PastAction[] {
  const actions = new Map<string, PastAction>();
  for (const event of events) {
    if (event.type === 'step-intended') {
      const { step, target, parameters } = event.step;
      const { action, run } = event;
      const { owner } = parameters;
      const past = { action, run, step, target: refText(target), intendedAt: event.at };
      actions.set(action, owner === undefined || owner === '' ? past : { ...past, owner });
    } else if (event.type === 'step-acted' || event.type === 'step-verified') {
      const past = actions.get(event.action);
      if (past === undefined) continue;
      const change =
        event.type === 'step-acted'
          ? { acted: event.acted, actedAt: event.at, ...(event.untouched && { untouched: event.untouched }) }
          : { verified: event.verified };
      actions.set(event.action, { ...past, ...change, detail: event.detail });
    }
  }
  return [...actions.values()];
}
