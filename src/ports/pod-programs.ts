import type { Readable, Writable } from 'node:stream';

/** A program in a container that runs. No secret belongs into `argv`: the API server's audit log may keep it. */
export interface ProgramInPod {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly argv: readonly [string, ...string[]];
}

/** How a program ended: its exit code and the end of what it wrote to standard error. */
export interface ProgramEnd {
  readonly code: number;
  readonly complaint: string;
}

/** A program that was started; whoever starts it reads its output to the end or calls `stop`. */
export interface RunningProgram {
  /** Its standard input; without one that was asked for, writing to it is an error. Ending it is the end of the input. */
  readonly input: Writable;
  /** Its standard output, as bytes and at the pace of its reader. */
  readonly output: Readable;
  /**
   * Resolves once the program has ended and its output was handed over. Rejects when the connection broke before: then how
   * it ended is not known, and it may still run. With ProgramNotStarted it never ran.
   */
  readonly ended: Promise<ProgramEnd>;
  /** Ends the connection; the kubelet closes the program's streams with it. */
  readonly stop: () => void;
}

/** Runs programs in containers (`exec` of the Kubernetes API). */
export interface PodPrograms {
  /** Throws ClusterUnreachable, Forbidden or NotFound when it could not be started. */
  start(program: ProgramInPod, options?: { readonly withInput?: boolean }): Promise<RunningProgram>;
}
