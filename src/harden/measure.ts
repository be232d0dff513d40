import type { Evidence } from '../domain/finding.ts';
import type { ObjectRef } from '../domain/object-ref.ts';
import type { Fields } from './fields/fields.ts';
import type { HardenInventory } from './inventory.ts';
import type { Measurements } from './measurements.ts';

export type MeasureName =
  | 'startup-probe'
  | 'readiness'
  | 'wait-for-dependencies'
  | 'redis-guard'
  | 'disruption-budget'
  | 'restart-policy'
  | 'host-name'
  | 'pooler-profile'
  | 'node-addresses';

/** How a measure is carried out. */
export type Change =
  | {
      /** A strategic merge patch of the object; null removes a field. */
      readonly by: 'patch';
      readonly patch: Fields;
      /** Pods that are made anew by it. */
      readonly restarts: number;
    }
  | {
      /** The restart policy of a container of the local cluster. */
      readonly by: 'engine';
      readonly policy: string;
      readonly before: string;
    }
  /** A command or a field at the source of the object: a person's to do. */
  | { readonly by: 'hand'; readonly todo: string }
  /** Looked at, and there is nothing to do, or nothing that is known to help. */
  | { readonly by: 'nothing'; readonly reason: string };

/** One thing that lets the stack come back by itself sooner, or a look at one. */
export interface Measure {
  /** `startup-probe/deployment/django/web`: what `--only` takes, also by its beginning. */
  readonly id: string;
  readonly name: MeasureName;
  readonly object: ObjectRef;
  /** What is changed, one sentence. */
  readonly what: string;
  /** Why, one or two sentences; the facts behind it are the evidence. */
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly change: Change;
  /** How it is taken back. */
  readonly undo: string;
  /** What it cannot do, and what to watch. */
  readonly cannot: readonly string[];
}

/** Judges what was looked at and measured. Pure: the same input gives the same measures in the same order. */
export type JudgeMeasure = (inventory: HardenInventory, measurements: Measurements) => readonly Measure[];

/** Name of a thing as a part of a measure's id. */
export function measureId(name: MeasureName, object: ObjectRef, ...more: readonly string[]): string {
  return [name, object.kind.toLowerCase(), object.name, ...more].join('/');
}

/** How a measure that is applied to an object is taken back. */
export const undoBy = (id: string): string => `rekindle harden --undo --only ${id}`;
