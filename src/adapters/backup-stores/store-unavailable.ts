import { causeText, ExplainedError } from '../../record/explained-error.ts';

/** The store could not be read or written. */
export class StoreUnavailable extends ExplainedError {
  override readonly name = 'StoreUnavailable';

  constructor(what: string, place: string, error: unknown) {
    const next = 'Check that the place is there, has room, and may be used by this user.';
    super({ what, cause: causeText(error), place, next }, { cause: error });
  }
}
