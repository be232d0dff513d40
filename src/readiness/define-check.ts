import { refText, type ObjectRef } from '../domain/object-ref.ts';
import type { Advice, Fact, ReadinessFinding, Severity } from './finding.ts';
import type { Need } from './world/snapshot.ts';
import type { World } from './world/world.ts';

/** A finding before it is known which check it is of. */
export interface Draft {
  readonly object: ObjectRef;
  readonly container?: string;
  readonly claim: string;
  /** Field and value, of this object unless another one is named. */
  readonly evidence: readonly (readonly [field: string, value: string, object?: ObjectRef])[];
  readonly advice: Advice;
  /** Where it is less bad than the check's own. */
  readonly severity?: Severity;
}

/** Judges one thing about the objects of a stack. Pure: no check fetches anything. */
export interface ReadinessCheck {
  /** Names the fault; never changes, because people filter by it. */
  readonly id: string;
  /** The fault as the head of a group of findings. */
  readonly title: string;
  /** The worst that it gives. */
  readonly severity: Severity;
  /** What it costs, in one or two sentences. */
  readonly why: string;
  /** Who says so. */
  readonly source: string;
  /** What must have been looked at; without it nothing is judged, and that is said. */
  readonly needs: readonly Need[];
  /** It judges each workload, or each object, alone: those that were read are judged even when other kinds could not be. */
  readonly eachAlone?: 'workload' | 'object';
  /** Only a running cluster shows it. */
  readonly isLive?: true;
  /** Only a file can have it: the API refuses such an object. */
  readonly isRefused?: true;
  readonly judge: (world: World) => readonly Draft[];
  /** What of its needs could not be looked at one by one, a line each: it judges the rest, and that is said. */
  readonly unseen?: (world: World) => readonly string[];
}

/** Identity helper: the file of a check exports exactly one of these. */
export function defineCheck(check: ReadinessCheck): ReadinessCheck {
  return check;
}

const factOf =
  (own: ObjectRef) =>
  ([field, value, object = own]: Draft['evidence'][number]): Fact => ({
    object: refText(object),
    field,
    value,
  });

function withoutCommand({ say, note }: Advice): Advice {
  return note === undefined ? { say } : { say, note };
}

/** The draft as this check's finding, with the place of its object and without a command where there is no cluster. */
export function findingOf(check: ReadinessCheck, draft: Draft, world: World): ReadinessFinding {
  const { object, container, claim, evidence, advice, severity = check.severity } = draft;
  const place = world.places.get(refText(object));
  return {
    check: check.id,
    severity,
    object,
    ...(container !== undefined && { container }),
    claim,
    evidence: evidence.map(factOf(object)),
    advice: world.isLive ? advice : withoutCommand(advice),
    ...(place !== undefined && { place }),
  };
}
