import path from 'node:path';

import type { RigLab } from './rig-lab.ts';

const folder = path.join(import.meta.dirname, '../../deploy/rbac');

/** Gives the lab's user `rekindle` rights beyond those of every day, as its owner would: files of deploy/rbac. */
export async function giveRights(
  lab: Pick<RigLab, 'kubectl'>,
  ...names: readonly ('rekindle-backup' | 'rekindle-export')[]
): Promise<void> {
  for (const name of names) await lab.kubectl(['apply', '-f', path.join(folder, `${name}.yaml`)]);
}
