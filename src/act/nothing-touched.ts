/**
 * A step's own word that what it was planned on had changed before it began: nothing was touched. Such an end starts no
 * cool-down, for there is no effect to wait for, and does not count as an attempt in vain.
 */
export class NothingTouched extends Error {
  constructor(why: string, instead = 'nothing was touched') {
    super(`${why}; ${instead}`);
  }
}
