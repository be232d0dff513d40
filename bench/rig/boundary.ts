import path from 'node:path';

import type { JournalEvent } from '../../src/domain/journal-event.ts';

/** A place between two records of a run's journal. */
export interface Boundary {
  readonly side: 'before' | 'after';
  readonly event: JournalEvent['type'];
  /** Which event of this type in the run, counted from 1. */
  readonly nth: number;
}

/** What happens there: the process gets a signal, or the disk of its journal has no page left. */
export type Deed =
  | { readonly do: 'signal'; readonly signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT' | 'SIGSTOP' }
  | { readonly do: 'fill'; readonly file: string };

/** `after step-intended`, with its number where it is not the first. */
export function boundaryText({ side, event, nth }: Boundary): string {
  return `${side} ${event}${nth === 1 ? '' : ` ${nth}`}`;
}

/**
 * Every place of the first action and of the proof: before its intent is on disk and after, when it was done and before
 * that is on disk, and so on to the end of the run.
 */
export const stepBoundaries: readonly Boundary[] = (
  ['step-intended', 'step-acted', 'step-verified', 'write-verified', 'run-ended'] as const
).flatMap((event) => (['before', 'after'] as const).map((side) => ({ side, event, nth: 1 })));

const preload = path.join(import.meta.dirname, 'at-boundary.ts');

/** Environment for a process of the release in which this happens there. */
export function boundaryEnv(boundary: Boundary, deed: Deed): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--import=${JSON.stringify(preload)}`,
    REKINDLE_BOUNDARY: JSON.stringify({ ...boundary, deed }),
  };
}
