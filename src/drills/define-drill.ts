/** What a drill may use of a lab; the lab's own API fits it. Nothing here can reach a cluster that is not a lab. */
export interface DrillLab {
  /** Name of the k3d cluster. */
  readonly cluster: string;
  /** Runs a program with the lab's environment and network; does not throw on a non-zero exit. */
  readonly run: (
    argv: readonly string[],
    options?: { input?: string; timeoutSeconds?: number },
  ) => Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: number }>;
  /** kubectl as administrator; throws with its words on failure. */
  readonly kubectl: (args: readonly string[], input?: string) => Promise<string>;
  /** docker on the lab's engine; throws with its words on failure. */
  readonly docker: (args: readonly string[]) => Promise<string>;
  /** Whether the cluster's NetworkPolicies are enforced from now on, also after a cut. */
  readonly enforceNetworkPolicies: (on: boolean) => Promise<void>;
  /** Takes the power away; without a mode, as hard as this lab can. Throws for a mode that it has not. */
  readonly cut: (mode?: CutMode) => Promise<{
    readonly mode: CutMode;
    readonly aliveAfter: number;
    readonly withinMs: number;
  }>;
  /** Gives it back; resolves when the engine process was started, or answers with `waitForEngine`. */
  readonly boot: (options?: {
    waitForEngine?: boolean;
    /** Each container is given another address than before the cut. */
    shuffleAddresses?: boolean;
  }) => Promise<{
    readonly startedAt: number;
    /** `survived`: data that was never synced is still there, so no power was lost. */
    readonly canary: 'lost' | 'survived' | undefined;
  }>;
}

/** `power-loss` throws unsynced data away; only such runs say something about lost writes. */
export type CutMode = 'power-loss' | 'process-kill';

export interface DrillContext {
  /** Seeded; between 0 (included) and 1. All choices of a drill come from here, so that a run can be repeated. */
  readonly random: () => number;
  /** Starts whoever heals, as a boot of the machine would; a cut ends it as hard as everything else. */
  readonly startHelper: () => Promise<{
    readonly kill: () => Promise<void>;
    /** Resolves when it has come to its own end. */
    readonly ended: () => Promise<void>;
  }>;
}

/** What was done to the stack. */
export interface Injection {
  readonly cut: CutMode | 'none';
  /** Start of the engine after the last cut, ms epoch. Undefined: nothing was booted, help begins the clock. */
  readonly engineStartedAt?: number;
  /** Names and values that proof and undo need, also kept in the record of the run. No secrets. */
  readonly facts: Readonly<Record<string, string>>;
}

/** Whether the fault really bites: a drill without proof says nothing about the one who healed it. */
export interface Proof {
  readonly proven: boolean;
  readonly evidence: string;
}

/** What `up` leaves to a person: the fault, and the command or manifest that it printed. */
export interface TaskOfAPerson {
  readonly fault: string;
  readonly byHand: string;
}

/** One way to break the stack on purpose. */
export interface Drill {
  readonly id: string;
  readonly title: string;
  /** Breaks it. Throws when it could not: then nothing may be concluded. */
  readonly inject: (lab: DrillLab, context: DrillContext) => Promise<Injection>;
  /** Looks at the stack right after the injection. */
  readonly proof: (lab: DrillLab, injection: Injection) => Promise<Proof>;
  /** Ids of the faults that a diagnosis must name while the drill bites; empty where nature may be faster. */
  readonly expectedFindings: readonly string[];
  /**
   * Looks, once the stack was recovered, whether the fault itself is gone as well. Undefined: without that there would
   * have been no recovery.
   */
  readonly gone?: (lab: DrillLab, injection: Injection) => Promise<Proof>;
  /** Does what `up` told a person to do. Undefined: this fault may not be left to a person. */
  readonly follow?: (lab: DrillLab, task: TaskOfAPerson) => Promise<void>;
  /** Takes the fault away by hand; harmless when somebody has healed it already. */
  readonly undo: (lab: DrillLab, injection: Injection) => Promise<void>;
}

/** Identity helper: gives a drill its type where it is written. */
export function defineDrill(drill: Drill): Drill {
  return drill;
}
