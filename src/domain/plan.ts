import { refText, type ObjectRef } from './object-ref.ts';

/** Ordered by what can be lost: nothing touched < nothing healthy touched < an unhealthy thing restarted < data. */
export type Risk = 'observe' | 'safe' | 'disruptive' | 'destructive';

/** Steps of `rekindle pooler profile`; no finding calls for them. */
export type PoolerProfileStep =
  | 'check-pooler-settings'
  | 'remove-check-pods'
  | 'write-pooler-settings'
  | 'include-pooler-settings'
  | 'use-pooler-image'
  | 'reload-pooler-settings'
  | 'restore-pooler-image'
  | 'exclude-pooler-settings'
  | 'drop-pooler-settings'
  | 'declare-pooler-profile';

export type StepName =
  | PoolerProfileStep
  | 'start-cluster'
  | 'start-node'
  | 'start-load-balancer'
  | 'drop-gone-upstreams'
  | 'restart-crash-looping-pod'
  | 'restart-pod-with-its-files'
  | 'restart-stuck-pod'
  | 'delete-left-over-pod'
  | 'scale-up'
  | 'restore-host-names'
  | 'set-network-cache-aside'
  | 'trim-append-only-file'
  | 'sync-pooler-credentials'
  | 'nudge-pooler'
  | 'restart-pooler'
  | 'apply-pooler-profile'
  | 'reload-load-balancer';

/** What a Remedy asks for, as data: the runner looks the implementation up by name. */
export interface PlannedStep {
  readonly step: StepName;
  readonly target: ObjectRef;
  readonly risk: Risk;
  /** The finding that calls for it: fault id. */
  readonly because: string;
  /** One sentence: what is done and why this is the smallest action. */
  readonly reason: string;
  /** What proves that it worked, in words; the step's own probe is the code of it. */
  readonly provenBy: string;
  /** How to take it back by hand. */
  readonly undo: string;
  /** Observed time of the newest evidence, ms epoch: older than the last action on the target means no action. */
  readonly evidenceAt: number;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * What no other step may act on meanwhile: the target, and for a step that gives files to the next pod of an owner every
 * other such step, so that no two give them to the same pod.
 */
export function reservedBy({ step, target, parameters }: PlannedStep): readonly string[] {
  const own = refText(target);
  return step === 'restart-pod-with-its-files'
    ? [own, `the next pod of ${target.namespace ?? ''}/${parameters['owner'] ?? ''}`]
    : [own];
}

/** A reason not to act, shown to the user. */
export interface Refusal {
  readonly guard: string;
  readonly step: StepName;
  readonly target: ObjectRef;
  readonly reason: string;
  /** The next move that the user has. */
  readonly advice: string;
  /**
   * `wait`: will be tried again by itself, and people need not be told while it lasts; `choice`: goes by by itself, and a
   * person may choose what the advice names; `human`: needs a person.
   */
  readonly kind: 'wait' | 'choice' | 'human';
}

/** Something broken that only a person may mend. */
export interface ManualTask {
  readonly fault: string;
  readonly target: ObjectRef;
  readonly reason: string;
  /** What to do: a command, a manifest, a sentence. */
  readonly byHand: string;
}

export interface Plan {
  readonly steps: readonly PlannedStep[];
  readonly refusals: readonly Refusal[];
  readonly tasks: readonly ManualTask[];
  /** What is waited for, most basic layer first. */
  readonly waits: readonly string[];
  /** Those of the waits that lie at or below what a person is needed for: it may be gone when they are there. */
  readonly hopes: readonly string[];
}
