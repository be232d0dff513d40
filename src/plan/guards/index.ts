import { anotherAtWork } from './another-at-work.ts';
import { budgetSpent } from './budget-spent.ts';
import type { Guard } from './define-guard.ts';
import { filesInEmptyDir } from './files-in-empty-dir.ts';
import { hourlyBudget } from './hourly-budget.ts';
import { maintenanceUnseen } from './maintenance-unseen.ts';
import { neverDestructive } from './never-destructive.ts';
import { oneActionPerObject } from './one-action-per-object.ts';
import { recentlyActed } from './recently-acted.ts';
import { underMaintenance } from './under-maintenance.ts';
import { unsafeToRecreate } from './unsafe-to-recreate.ts';

/**
 * Every reason not to act, in the order in which they are asked; the first that objects is shown. Files are asked for last:
 * what is offered for them is of use only when nothing else stands in the way.
 */
export const guards: readonly Guard[] = [
  neverDestructive,
  underMaintenance,
  maintenanceUnseen,
  oneActionPerObject,
  recentlyActed,
  budgetSpent,
  hourlyBudget,
  anotherAtWork,
  unsafeToRecreate,
  filesInEmptyDir,
];
