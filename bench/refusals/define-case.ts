import type { Lab } from '../../lab/lab.ts';

/** How one start of the program ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Requests of the user `rekindle` in that time that changed something in the cluster. */
  readonly writes: number;
}

export interface RunOptions {
  /** The program's arguments; `up --json` with the example's stack file by default. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Called once it has started; what it is ended or disturbed by. */
  readonly meanwhile?: (pid: number) => Promise<void>;
}

/** What a case may use. */
export interface Site {
  readonly lab: Lab;
  /** A folder of this case's own. */
  readonly folder: string;
  /** Runs the release in the lab's network and counts what it changed. */
  readonly rekindle: (options?: RunOptions) => Promise<Ended>;
}

/** One thing that the program must not do, or must bear. */
export interface RefusalCase {
  /** Number of the issue, with a letter where it has several: `R1a`, `B3`. */
  readonly id: string;
  readonly title: string;
  readonly expected: {
    readonly exitCode: number;
    /** Found in what it said on either stream. */
    readonly says: RegExp;
    /** Writes to the cluster that it may make; 0 for a refusal. */
    readonly writes?: number;
  };
  /** Whether the cluster has to be whole before. */
  readonly needsWholeStack: boolean;
  /** Breaks what has to be broken, runs the program, and puts everything back whatever happens. */
  readonly run: (site: Site) => Promise<Ended>;
}

/** Identity helper: gives a case its type where it is written. */
export function defineCase(given: RefusalCase): RefusalCase {
  return given;
}
