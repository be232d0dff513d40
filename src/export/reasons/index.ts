import { beingDeleted } from './being-deleted.ts';
import { claimOfAStatefulSet } from './claim-of-a-stateful-set.ts';
import type { Reason } from './define-reason.ts';
import { jobThatHasEnded } from './job-that-has-ended.ts';
import { madeByItsOwner } from './made-by-its-owner.ts';
import { madeByTheCluster } from './made-by-the-cluster.ts';
import { madeByTheOperator } from './made-by-the-operator.ts';
import { podWithoutController } from './pod-without-controller.ts';
import { recordOfATool } from './record-of-a-tool.ts';

/** Every reason to leave an object out; the first that holds is told. */
export const reasons: readonly Reason[] = [
  beingDeleted,
  madeByItsOwner,
  madeByTheCluster,
  madeByTheOperator,
  claimOfAStatefulSet,
  recordOfATool,
  podWithoutController,
  jobThatHasEnded,
];
