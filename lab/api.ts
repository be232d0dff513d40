import type { CommandOptions, CommandResult } from './command.ts';
import type { PcInit } from './source/machine.ts';
import type { CutMode, MachineCut } from './source/power-cut.ts';

/** Options of `openLab`. */
export interface LabOptions {
  /** Root of the checkout; this file's own by default. */
  readonly checkout?: string;
  /** Suffix for a second lab of the same checkout. */
  readonly instance?: string;
  /** Takes progress lines; standard error by default. */
  readonly log?: (line: string) => void;
}

/** What `cut` did, as seen from outside. */
export interface CutRecord extends MachineCut {
  /** Addresses of the cluster's containers before the cut, by name; empty when the engine did not answer. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** What `boot` did. */
export interface BootRecord {
  /** Milliseconds since the epoch at which the engine's process was started. */
  readonly startedAt: number;
  /** Order in which containers are started; empty: the engine's own (all at once). */
  readonly order: readonly string[];
  /** `lost`: a file that was written and not synced before the last power loss is gone, so the loss was real. */
  readonly canary: 'lost' | 'survived' | undefined;
}

/** Options of `boot`. */
export interface BootOptions {
  /** Start these containers, in this order, instead of all at once. */
  readonly order?: readonly string[];
  /** Start the containers in an order that gives each of them another address than before the cut. */
  readonly shuffleAddresses?: boolean;
  /** Return when the engine answers instead of when its process was started. */
  readonly waitForEngine?: boolean;
  /** What runs the PC (backend `source`); a systemd keeps what is installed in it. Default: the engine's own script. */
  readonly init?: PcInit;
}

/** How far the lab is; asking never throws for what is not there. */
export interface LabStatus {
  readonly id: string;
  readonly backend: 'source' | 'docker';
  readonly built: boolean;
  readonly booted: boolean;
  readonly cluster: 'absent' | 'silent' | 'answers';
  readonly stack: 'absent' | 'deployed' | 'unknown';
}

/** A test cluster with the power to lose its power. Every action is idempotent and may be repeated after a crash. */
export interface Lab {
  readonly id: string;
  readonly backend: 'source' | 'docker';
  readonly cluster: string;
  readonly stateDir: string;
  /** Contexts `k3d-<cluster>` (administrator, current) and `rekindle` (client certificate CN=rekindle). */
  readonly kubeconfig: string;
  /** The API server's audit log on the host, one JSON event a line. */
  readonly auditLog: string;
  readonly frontDoor: { readonly host: string; readonly address: string; readonly port: number };
  /** Environment for programs that are to talk to this lab and to nothing else. */
  env(): Record<string, string>;
  /** The argv wrapped so that it runs inside the lab's network. After a `boot` it has to be wrapped anew. */
  command(argv: readonly string[]): string[];
  /**
   * The argv wrapped so that it runs on the lab's PC as root, with the PC's files and processes: as if somebody had typed
   * it there. Backend `source` only. After a `boot` it has to be wrapped anew. Throws when the PC is off.
   */
  inside(argv: readonly string[]): Promise<readonly string[]>;
  /** Runs a program with the lab's environment inside the lab's network. */
  run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Builds what is missing and starts nothing; with backend `docker` there is nothing to build before `up`. */
  build(): Promise<void>;
  /** Builds what is missing, boots, makes the cluster and its operator. */
  up(): Promise<void>;
  /** Applies the example's overlay `lab` and waits for the first order through the front door. */
  deployExample(): Promise<void>;
  status(): Promise<LabStatus>;
  /** Without a mode: `power-loss` where the backend can lose power (source), else `process-kill` (docker). */
  cut(mode?: CutMode): Promise<CutRecord>;
  boot(options?: BootOptions): Promise<BootRecord>;
  /**
   * What runs the PC from now on, through cuts and boots: a script that starts the engine and nothing else, or systemd, which
   * then runs what is installed in the PC. Switches the PC off and on when that changes. Backend `source` only.
   */
  runWith(init: PcInit): Promise<void>;
  /** Runs a program in the PC itself, as root. Backend `source` only. */
  runInPc(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Copies a file of this machine into the PC, where it belongs to root; its folder must be there. Backend `source` only. */
  putInPc(file: string, target: string, mode?: number): Promise<void>;
  /**
   * Whether NetworkPolicies are enforced: on the nodes of backend `source` by a process of the lab, which goes on through
   * cuts and boots; k3s (backend `docker`) always does it itself.
   */
  enforceNetworkPolicies(on: boolean): Promise<void>;
  /** Removes everything that the lab made, also after a crash; says on the log what it removed. */
  down(): Promise<void>;
  /** kubectl as administrator. Throws CommandFailed with what kubectl said. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** The docker client. Throws CommandFailed with what it said. */
  docker(args: readonly string[]): Promise<string>;
}
