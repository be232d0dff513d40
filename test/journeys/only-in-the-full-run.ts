import process from 'node:process';

/** Why a journey is left out of the usual run, whose time is limited; undefined in `npm run test:full`. */
export const onlyInTheFullRun =
  process.env['REKINDLE_SLOW_JOURNEYS'] === '1' ? undefined : 'slow: only `npm run test:full`';
