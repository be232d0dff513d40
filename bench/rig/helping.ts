import type { Drill } from '../../src/drills/define-drill.ts';
import { type RunningUp, startRekindle, type UpResult } from './rekindle-up.ts';
import type { RigLab } from './rig-lab.ts';

/** `up`, and the person who does what it printed. */
export interface Helped {
  /** How the last `up` ended. */
  readonly up: UpResult;
  /** Faults whose printed task was followed before it. */
  readonly followed: readonly string[];
}

export interface Helping {
  readonly result: () => Promise<Helped>;
  readonly kill: () => Promise<void>;
}

/**
 * Starts `up`. Where it leaves a task to a person that the drill knows how to follow, that is done to the letter and `up`
 * is started once more.
 */
export function startHelping(lab: RigLab, drill: Drill, limitSeconds: number): Helping {
  const timeout = ['--timeout', `${limitSeconds}s`];
  let running: RunningUp = startRekindle(lab, timeout);
  let isKilled = false;
  const help = async (): Promise<Helped> => {
    const first = await running.result();
    const tasks = first.report?.tasks ?? [];
    if (drill.follow === undefined || tasks.length === 0 || isKilled) return { up: first, followed: [] };
    for (const { fault, byHand } of tasks) await drill.follow(lab, { fault, byHand });
    running = startRekindle(lab, timeout);
    return { up: await running.result(), followed: tasks.map(({ fault }) => fault) };
  };
  const helped = help();
  return {
    result: () => helped,
    kill: async () => {
      isKilled = true;
      await running.kill();
    },
  };
}
