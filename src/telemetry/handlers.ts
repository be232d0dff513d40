import type { StoredEvent } from '../domain/journal-event.ts';

/** What a fold does with the events that it cares about, by their type. */
export type Handlers<Result = void> = {
  readonly [Type in StoredEvent['type']]?: (event: Extract<StoredEvent, { readonly type: Type }>) => Result;
};

/** Gives the event to its handler; undefined when there is none. */
export function handle<Result>(event: StoredEvent, handlers: Handlers<Result>): Result | undefined {
  // Each handler takes the event of its own key, which the compiler cannot follow through the look-up.
  const handler = handlers[event.type] as ((event: StoredEvent) => Result) | undefined;
  return handler?.(event);
}
