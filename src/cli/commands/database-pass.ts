import { examine } from '../../app/examine.ts';
import type { Pass } from '../../app/run-log.ts';
import { seen, type Looked } from '../../domain/looked.ts';
import type { Observation } from '../../domain/observation.ts';
import { noAnswerYet } from '../../observe/late-answers.ts';
import type { Session } from '../session.ts';

/** A server of a busy machine answers within this time or is taken for one that does not, ms. */
const lateMs = 15_000;

/** So many looks are made for what could not be looked at for another reason. */
const mostLooks = 4;

/** Before a look at what has just refused one, ms: an API server that restarts does so at once, and for a moment only. */
const pauseMs = 400;

/** What the databases have not said yet. */
export interface OpenQuestions {
  /** Something was asked and is not answered yet. */
  readonly comes: boolean;
  /** Something could not be looked at, for this reason or another one. */
  readonly isOpen: boolean;
}

/**
 * Whether it is known of each database who leads and whether each standby streams. Where the databases, or the pods and workloads that
 * they run in, could not be looked at, nothing is known of any. Pure.
 */
export function openQuestions({
  databases,
  pods,
  workloads,
}: Pick<Observation, 'databases' | 'pods' | 'workloads'>): OpenQuestions {
  const all = seen(databases) ?? [];
  const standbys = all.flatMap(({ members }) => members.map(({ standby }) => standby));
  const answers: readonly (Looked<unknown> | undefined)[] = [
    databases,
    pods,
    workloads,
    ...all.map(({ primary }) => primary),
    ...standbys,
  ];
  const missing = answers.filter((answer) => answer?.looked === false);
  return { comes: missing.some((answer) => answer?.why === noAnswerYet), isOpen: missing.length > 0 };
}

/**
 * Looks until the databases have said who leads and whether each standby streams; for a while, or a few times where the answer is no. A
 * machine that is busy with something else answers late, which says nothing about its databases.
 */
export async function databasePass({ context, log }: Pick<Session, 'context' | 'log'>): Promise<Pass> {
  const { clock, signal } = context;
  const end = clock.monotonic() + lateMs;
  for (let looks = 1; ; looks += 1) {
    const pass = await examine(context, log);
    const { comes, isOpen } = openQuestions(pass.observation);
    const goesOn = (comes && clock.monotonic() < end) || (isOpen && looks < mostLooks);
    if (!goesOn) return pass;
    if (!comes) await clock.sleep(pauseMs, signal);
  }
}
