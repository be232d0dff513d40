import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { errorCode } from '../record/explained-error.ts';
import { privateGroup } from './accounts.ts';
import { ServiceRefused } from './refused.ts';
import type { Run } from './run.ts';
import type { Account } from './service-spec.ts';
import { objectionsTo, type Objection, type Trust } from './trusted-path.ts';

/** So many are told; whoever mends them and tries again sees the rest. */
const mostTold = 5;

/** What others can change of a path; what is not there cannot be changed. Throws the system's other errors. */
function objectionsIfThere(path: string, trust: Trust): readonly Objection[] {
  try {
    return objectionsTo(path, trust);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * What anybody but root and this user can change of these files, the folders that they lie in, and the links that lead
 * there. Throws the system's errors.
 */
export async function objectionsToAll(
  paths: readonly string[],
  account: Account,
  run: Run,
): Promise<readonly Objection[]> {
  const trust = { account, privateGroup: await privateGroup(account, run) };
  const found = paths.flatMap((path) => objectionsIfThere(path, trust));
  // Many paths have their first folders in common.
  return [...new Map(found.map((objection) => [objection.path, objection])).values()];
}

/** Everything that a program run from a checkout loads, beside its script; a release is one file. */
export function sourcesOf(script: string): readonly string[] {
  const root = dirname(dirname(dirname(script)));
  const below = ['src', 'node_modules'].flatMap((name) =>
    readdirSync(join(root, name), { recursive: true, withFileTypes: true }).map((entry) =>
      join(entry.parentPath, entry.name),
    ),
  );
  return [join(root, 'package.json'), ...below];
}

/** Throws ServiceRefused when somebody else can change one of the paths, with the commands that end that. */
export async function requireTrusted(paths: readonly string[], account: Account, run: Run): Promise<void> {
  const objections = await objectionsToAll(paths, account, run);
  if (objections.length === 0) return;
  const told = objections.slice(0, mostTold);
  const more = objections.length > told.length ? `; and ${objections.length - told.length} more` : '';
  throw new ServiceRefused({
    what: 'The service is not installed: others could change what it runs or reads',
    cause: `${told.map(({ path, why }) => `${path}: ${why}`).join('; ')}${more}`,
    place: told[0]?.path ?? '',
    next: `Mend it (as its owner, or with sudo), then install again: ${told.map(({ mend }) => mend).join('; ')}`,
  });
}
