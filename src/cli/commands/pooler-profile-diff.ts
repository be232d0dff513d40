import {
  compareProcesses,
  comparisonResult,
  type ComparisonResult,
  type ProcessDifferences,
  processText,
} from '../../pooler/profile-report.ts';
import type { PoolerProfile } from '../../domain/pooler-profiles.ts';
import { poolerProcesses } from '../../pooler/pooler-state.ts';
import { answer } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { openSession, type Session } from '../session.ts';
import { stackFileOf, wantedProfile } from './pooler-profile-wanted.ts';

/** Exit code of a comparison. */
export const comparisonCodes: Readonly<Record<ComparisonResult, number>> = {
  same: exitCodes.healthy,
  different: exitCodes.broken,
  unknown: exitCodes.couldNotTell,
};

/** Every process of every pooler of the stack against a profile, as it is now. */
export async function compareNow(
  { context }: Session,
  profile: PoolerProfile,
): Promise<readonly ProcessDifferences[]> {
  const processes = await Promise.all(
    context.stack.poolers.map((component) => poolerProcesses(context, component)),
  );
  return compareProcesses(processes.flat(), profile);
}

/** `rekindle pooler profile diff [name]`: reads only. Throws UsageError, and what keeps the API from answering. */
export async function profileDiffCommand(
  options: CommonOptions,
  signal: AbortSignal,
  [name]: readonly string[],
): Promise<number> {
  // A wrong name is told before a cluster is asked.
  if (name !== undefined) wantedProfile(name, undefined);
  const session = await openSession(options, signal, false);
  try {
    const profile = wantedProfile(name, stackFileOf(session.stackFile));
    const processes = await compareNow(session, profile);
    const result = comparisonResult(processes);
    const command = ['rekindle pooler profile set', ...(name === undefined ? [] : [name])].join(' ');
    const advice = result === 'different' ? [`Apply it with: ${command}`] : [];
    const nobody = processes.length === 0 ? ['No PgBouncer process was found.'] : [];
    const text = [`Profile ${profile.name}:`, ...processes.map(processText), ...nobody, ...advice].join('\n');
    answer(options, 'pooler-profile-diff', { text, json: { profile, result, processes } });
    return comparisonCodes[result];
  } finally {
    session.close();
  }
}
