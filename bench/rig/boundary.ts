import path from 'node:path';

import type { JournalEvent } from '../../src/domain/journal-event.ts';
import type { StepName } from '../../src/domain/plan.ts';

/** A place between two records of a run's journal. */
export interface Boundary {
  readonly side: 'before' | 'after';
  readonly event: JournalEvent['type'];
  /** Which event of this type, counted from 1. */
  readonly nth: number;
  /** Only of actions of this step. */
  readonly step?: StepName;
}

/** What happens there: the process gets a signal, the disk of its journal has no page left, or a file gets this text. */
export type Deed =
  | { readonly do: 'signal'; readonly signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT' | 'SIGSTOP' }
  | { readonly do: 'fill'; readonly file: string }
  | { readonly do: 'write'; readonly file: string; readonly text: string };

/** `after step-intended of nudge-pooler`. */
export function boundaryText({ side, event, step }: Boundary): string {
  return `${side} ${event}${step === undefined ? '' : ` of ${step}`}`;
}

const sides = ['before', 'after'] as const;

/**
 * Every place of the first action of a step: before its intent is on disk and after, when it was done and before that is
 * on disk, and so on until its proof is.
 */
export function actionBoundaries(step?: StepName): readonly Boundary[] {
  return (['step-intended', 'step-acted', 'step-verified'] as const).flatMap((event) =>
    sides.map((side) => ({ side, event, nth: 1, ...(step !== undefined && { step }) })),
  );
}

/** Every place of the first write through the front door, and of the end. */
export const proofBoundaries: readonly Boundary[] = (['write-verified', 'run-ended'] as const).flatMap(
  (event) => sides.map((side) => ({ side, event, nth: 1 })),
);

const preload = path.join(import.meta.dirname, 'at-boundary.ts');

/** Environment for a process of the release in which this happens there. */
export function boundaryEnv(boundary: Boundary, deed: Deed): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--import=${JSON.stringify(preload)}`,
    REKINDLE_BOUNDARY: JSON.stringify({ ...boundary, deed }),
  };
}
