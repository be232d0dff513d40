/**
 * The result of looking at something. "Could not look" is a value of its own: it is never healthy and never
 * absent (a list that failed does not mean that the thing is gone).
 */
export type Looked<T> = (
  | { readonly looked: true; readonly value: T; readonly at: number; readonly from: string }
  | {
      readonly looked: false;
      readonly why: string;
      readonly at: number;
      readonly from: string;
      /** Whoever was asked answered and said that this user may not look: looking again will not help. */
      readonly isForbidden?: true;
    }
) & {
  /** How long the look took, ms; undefined when nobody was asked. */
  readonly ms?: number;
};

/** Something was seen: `at` is milliseconds since the epoch, `from` names the source (an API, a socket, a log). */
export function saw<T>(value: T, from: string, at: number): Looked<T> {
  return { looked: true, value, at, from };
}

/** Nothing could be seen; `why` is one line for a human, without secrets. */
export function couldNotLook<T>(why: string, from: string, at: number): Looked<T> {
  return { looked: false, why, at, from };
}

/** As `couldNotLook`, because this user may not. */
export function mayNotLook<T>(why: string, from: string, at: number): Looked<T> {
  return { looked: false, why, at, from, isForbidden: true };
}

/** The value, or undefined when it could not be looked at. Use where "unknown" needs no own branch. */
export function seen<T>(looked: Looked<T>): T | undefined {
  return looked.looked ? looked.value : undefined;
}
