import type { StoredEvent } from '../domain/journal-event.ts';
import type { PlannedStep } from '../domain/plan.ts';
import { plannedStep } from './planned-step.ts';

/** The stack file in which a profile is to be named. */
export interface Declaration {
  /** Absolute path of the file. */
  readonly file: string;
  /** What it names now; undefined: nothing. */
  readonly before: string | undefined;
  /** What it shall name; undefined: nothing. */
  readonly profile: string | undefined;
  readonly because: string;
  readonly at: number;
}

/** The step that writes the profile's name into the stack file; undefined when it is there already. */
export function declareStep({ file, before, profile, because, at }: Declaration): PlannedStep | undefined {
  if (before === profile) return undefined;
  return plannedStep(
    { because, at },
    {
      step: 'declare-pooler-profile',
      target: { kind: 'File', name: file },
      reason:
        '`rekindle up` and the agent shall want the same as was asked for here. Nothing else in it changes.',
      provenBy: `the file names ${profile ?? 'no profile'}`,
      undo: 'rekindle pooler profile undo',
      parameters: { profile: profile ?? '', before: before ?? '' },
    },
  );
}

/**
 * What the file named before `set` changed it first, since the last `undo`; undefined when `set` never did, or somebody
 * has changed it since.
 */
export function declaredBefore(
  events: readonly StoredEvent[],
  file: string,
  now: string | undefined,
): { readonly profile: string | undefined } | undefined {
  const done = new Set(
    events.flatMap((event) => (event.type === 'step-acted' && event.acted === 'done' ? [event.action] : [])),
  );
  const steps = events.flatMap((event) =>
    event.type === 'step-intended' && event.step.step === 'declare-pooler-profile' && done.has(event.action)
      ? [event.step]
      : [],
  );
  const own = steps.filter(({ target }) => target.name === file);
  const since = own.slice(own.findLastIndex(({ because }) => because.endsWith('undo')) + 1);
  const [first, last] = [since[0], since.at(-1)];
  if (first === undefined || last?.parameters['profile'] !== (now ?? '')) return undefined;
  return { profile: first.parameters['before'] || undefined };
}
