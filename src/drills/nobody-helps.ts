import type { DrillContext } from './define-drill.ts';

const nothing = () => Promise.resolve();

/** For a drill that is injected by hand: no helper runs, and every choice is the first one. */
export const nobodyHelps: DrillContext = {
  random: () => 0,
  startHelper: () => Promise.resolve({ kill: nothing, ended: nothing }),
};
