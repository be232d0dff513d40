import { appliedMeasures } from './plan-hardening.ts';
import type { Fields } from './fields/fields.ts';
import type { PlannedMeasure } from './plan-hardening.ts';

/** Which measures are meant: by their ids, or by the beginnings of ids up to a slash. */
export class Choice {
  readonly #words: readonly string[];

  /** `only`: as the user wrote it, separated by commas; undefined: all are meant. */
  constructor(only: string | undefined) {
    this.#words = (only ?? '').split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
  }

  get isAll(): boolean {
    return this.#words.length === 0;
  }

  readonly means = (id: string): boolean =>
    this.isAll || this.#words.some((word) => id === word || id.startsWith(`${word}/`));

  /** Words that mean none of these ids. */
  unknown(ids: readonly string[]): readonly string[] {
    return this.#words.filter((word) => !ids.some((id) => id === word || id.startsWith(`${word}/`)));
  }
}

/** Measures that are applied to an object and that nothing calls for any more, as `id`. */
export function strayMeasures(
  planned: readonly PlannedMeasure[],
  lives: ReadonlyMap<string, Fields>,
): readonly string[] {
  const known = new Set(planned.map(({ measure }) => measure.id));
  return [...lives.values()].flatMap((live) => appliedMeasures(live)).filter((id) => !known.has(id));
}
