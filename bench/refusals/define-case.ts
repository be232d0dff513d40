import type { Lab } from '../../lab/lab.ts';
import type { AuditEvent } from '../rig/audit-log.ts';

/** How one start of the program ended. */
export interface Ended {
  /** 128 when it was ended by a signal. */
  readonly exitCode: number;
  /** The signal that ended it, if one did. */
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** How long it ran, seconds. */
  readonly seconds: number;
  /** Finished requests of the user `rekindle` in that time. */
  readonly requests: readonly AuditEvent[];
  /** How many of them changed something in the cluster. */
  readonly writes: number;
}

export interface RunOptions {
  /** The program's arguments; `up --json` with the example's stack file by default. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Puts another program in front, which becomes this one: setpriv, unshare, script. */
  readonly through?: (argv: readonly string[]) => readonly string[];
  /**
   * Called once it has started; what it is ended or disturbed by. The number is that of the program itself, whatever is in
   * front of it, as long as that becomes the program. When this throws, the program is ended and the case has failed.
   */
  readonly meanwhile?: (pid: number) => Promise<void>;
}

/** What a case may use. */
export interface Site {
  readonly lab: Lab;
  /** A folder of this case's own. */
  readonly folder: string;
  /** The journal of its runs. */
  readonly journal: string;
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
    /** Writes to the cluster that it may make; none for a refusal, `any` where it is to heal. */
    readonly writes?: number | 'any';
  };
  /** Whether the cluster has to be whole before. */
  readonly needsWholeStack: boolean;
  /**
   * Breaks what has to be broken, runs the program, and puts everything back whatever happens. Gives the last run; what
   * else must be so is checked here, and said by an error.
   */
  readonly run: (site: Site) => Promise<Ended>;
}

/** Identity helper: gives a case its type where it is written. */
export function defineCase(given: RefusalCase): RefusalCase {
  return given;
}
