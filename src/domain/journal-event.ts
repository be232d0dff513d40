import type { Finding } from './finding.ts';
import type { ObjectRef } from './object-ref.ts';
import type { PlannedStep, Refusal } from './plan.ts';
import type { Verdict } from './verdict.ts';

/** Everything that is kept, in order. Terminal, JSON and history are folds over these. */
export type JournalEvent =
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly command: string;
      /** Undefined: an older program wrote it. */
      readonly cluster?: string;
      readonly context: string;
      readonly version: string;
    }
  | {
      readonly type: 'stack-discovered';
      readonly run: string;
      readonly context: string;
      readonly stack: unknown;
    }
  | { readonly type: 'finding-opened'; readonly run: string; readonly finding: Finding }
  | { readonly type: 'finding-closed'; readonly run: string; readonly fault: string; readonly object: string }
  | { readonly type: 'step-refused'; readonly run: string; readonly refusal: Refusal }
  | {
      readonly type: 'step-intended';
      readonly run: string;
      readonly action: string;
      readonly step: PlannedStep;
    }
  | {
      readonly type: 'step-acted';
      readonly run: string;
      readonly action: string;
      /** `unknown`: the process died or the answer was lost between sending and hearing back. */
      readonly acted: 'done' | 'failed' | 'unknown';
      readonly detail: string;
      /** It failed before it changed anything. */
      readonly untouched?: true;
    }
  | {
      readonly type: 'step-verified';
      readonly run: string;
      readonly action: string;
      readonly verified: 'yes' | 'no' | 'unknown';
      readonly detail: string;
    }
  | { readonly type: 'write-verified'; readonly run: string; readonly id: string; readonly count: number }
  | {
      readonly type: 'starts-measured';
      readonly run: string;
      /** From a container's start to its pod's readiness, by component (`kind/name`). */
      readonly seconds: Readonly<Record<string, number>>;
    }
  | {
      readonly type: 'agent-started';
      /** Of the agent itself; its recoveries have runs of their own. */
      readonly run: string;
      readonly context: string;
      readonly version: string;
    }
  | { readonly type: 'agent-stopped'; readonly run: string; readonly reason: string }
  | {
      readonly type: 'incident-opened';
      readonly run: string;
      readonly trouble: string;
      readonly sinceBoot: boolean;
    }
  | {
      readonly type: 'incident-closed';
      readonly run: string;
      /** From the first sign of trouble until the stack was usable and stayed so. */
      readonly seconds: number;
    }
  | {
      readonly type: 'person-called';
      readonly run: string;
      readonly reason: string;
      readonly trouble: string;
      /** What was tried in this incident, a line each. */
      readonly tried: readonly string[];
    }
  | {
      readonly type: 'paused';
      readonly run: string;
      readonly cluster: string;
      /** ms since the epoch. */
      readonly until: number;
      readonly reason: string;
    }
  | { readonly type: 'resumed'; readonly run: string; readonly cluster: string }
  | {
      /** What the agent knows of nodes that somebody has stopped; it is written again when that changes. */
      readonly type: 'nodes-stopped';
      readonly run: string;
      readonly cluster: string;
      /** The boot in which it holds, as the kernel names it. */
      readonly boot: string;
      /** When each was stopped, ms since the epoch; none: they run again. */
      readonly nodes: Readonly<Record<string, number>>;
    }
  | {
      /** A change of `rekindle harden` is about to be made. */
      readonly type: 'harden-intended';
      readonly run: string;
      readonly action: string;
      /** `take-back`: the change before it was not proven. */
      readonly change: 'apply' | 'undo' | 'take-back';
      readonly target: ObjectRef;
      /** Ids of the measures. */
      readonly measures: readonly string[];
      /** Which fields each of them sets, by id and without their values, so that it can be taken back alone. */
      readonly patches: Readonly<Record<string, unknown>>;
      /** The restart policy that a container had before. */
      readonly previous?: string;
    }
  | {
      readonly type: 'harden-acted';
      readonly run: string;
      readonly action: string;
      readonly acted: 'done' | 'failed' | 'unknown';
      readonly detail: string;
    }
  | {
      readonly type: 'harden-verified';
      readonly run: string;
      readonly action: string;
      readonly verified: 'yes' | 'no' | 'unknown';
      readonly detail: string;
    }
  | {
      /** A backup was used, or it was tried, to find out whether it can be. */
      readonly type: 'backup-examined';
      readonly run: string;
      readonly backup: string;
      readonly place: string;
      readonly verdict: 'proven' | 'bad' | 'could-not-tell';
      /** Stored bytes of all its parts. */
      readonly bytes: number;
      readonly seconds: number;
    }
  | {
      /** A cluster that is gone is about to be made from a backup. */
      readonly type: 'rebuild-began';
      readonly run: string;
      /** Id of the restore; runs that go on with it have ids of their own. */
      readonly restore: string;
      readonly backup: string;
      readonly place: string;
      readonly cluster: string;
    }
  | {
      readonly type: 'rebuild-step';
      readonly run: string;
      readonly restore: string;
      readonly step: string;
      readonly phase: 'intended' | 'done' | 'failed';
      readonly detail: string;
      /** Of this run; 0 for what is about to be done. */
      readonly seconds: number;
    }
  | {
      readonly type: 'rebuild-ended';
      readonly run: string;
      readonly restore: string;
      readonly proven: boolean;
      readonly seconds: number;
    }
  | {
      /** A rehearsal is about to end these containers of a stack that is well; the run that follows brings it back. */
      readonly type: 'drill-began';
      readonly run: string;
      readonly cluster: string;
      /** Names. */
      readonly containers: readonly string[];
    }
  | { readonly type: 'run-ended'; readonly run: string; readonly verdict: Verdict; readonly seconds: number };

/** An event with its place in the journal: `at` in ms since the epoch, `seq` strictly growing. */
export type StoredEvent = JournalEvent & { readonly seq: number; readonly at: number };

/** The events that tell what was done to what. */
export const actionEvents = ['step-intended', 'step-acted', 'step-verified'] as const;
