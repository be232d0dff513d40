import { budgetSpent } from './budget-spent.ts';
import type { Guard } from './define-guard.ts';
import { filesInEmptyDir } from './files-in-empty-dir.ts';
import { neverDestructive } from './never-destructive.ts';
import { oneActionPerObject } from './one-action-per-object.ts';
import { recentlyActed } from './recently-acted.ts';
import { unsafeToRecreate } from './unsafe-to-recreate.ts';

/** Every reason not to act, in the order in which they are asked; the first that objects is shown. */
export const guards: readonly Guard[] = [
  neverDestructive,
  oneActionPerObject,
  recentlyActed,
  budgetSpent,
  filesInEmptyDir,
  unsafeToRecreate,
];
