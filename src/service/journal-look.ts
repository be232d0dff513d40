import { existsSync } from 'node:fs';
import process from 'node:process';

import type { StoredEvent } from '../domain/journal-event.ts';
import type { EventFilter } from '../ports/journal-store.ts';
import { readAgentStates, type KeptAgentState } from '../record/agent-state-file.ts';
import { journalPath, stateDirectory } from '../record/paths.ts';
import type { Run } from './run.ts';
import type { Account, InstallRecord } from './service-spec.ts';
import { neededTool } from './tools.ts';

/** Events of a journal of this process's user. Throws JournalUnavailable. */
export type ReadEvents = (file: string, filter: EventFilter) => readonly StoredEvent[];

/** What the agent has written down. */
export interface AgentHistory {
  /** When the stack was last proven usable, by the agent or by hand, ms since the epoch. */
  readonly provenAt: number | undefined;
  /** How the agent was when it last said so. */
  readonly agent: KeptAgentState | undefined;
}

/** Kinds of events that tell of a proof. */
const proofs = ['write-verified', 'run-ended'] as const;

/** The last proof among the events; a clock that was set back since makes it lie in the future, and then it counts for nothing. */
export function lastProven(events: readonly StoredEvent[], now: number): number | undefined {
  const proven = events.findLast(
    (event) =>
      event.at <= now &&
      (event.type === 'write-verified' || (event.type === 'run-ended' && event.verdict.state === 'healthy')),
  );
  return proven?.at;
}

/**
 * What the agent of this process number has said; of an agent that does not run (0): what was said last. What another process
 * said, perhaps before a loss of power, is nothing that this one says.
 */
export function agentOf(folder: string, pid: number): KeptAgentState | undefined {
  const states = readAgentStates(folder).map(({ state }) => state);
  return pid === 0 ? states.at(-1) : states.find((state) => state.pid === pid);
}

/** Root reads a user's journal as that user: opening it may write beside it, and would follow whatever links lie there. */
async function eventsAs(account: Account, record: InstallRecord, run: Run): Promise<readonly StoredEvent[]> {
  const program = record.files.map(({ path }) => path);
  const { journal, environment } = record.options;
  const history = [...program, 'history', '--json', ...(journal === undefined ? [] : ['--journal', journal])];
  const argv = [neededTool('runuser'), '-u', account.name, '--', ...history];
  const { code, stdout, said } = await run(argv, { HOME: account.home, ...environment });
  if (code !== 0) throw new Error(said || `rekindle history ended with ${code}`);
  return (JSON.parse(stdout) as { events: readonly StoredEvent[] }).events;
}

/** What the agent of this record has written down. Throws when it cannot be read. */
export async function lookIntoJournal(
  record: InstallRecord,
  account: Account,
  pid: number,
  { readEvents, run }: { readonly readEvents: ReadEvents; readonly run: Run },
): Promise<AgentHistory> {
  const environment = { HOME: account.home, ...record.options.environment };
  const folder = stateDirectory(environment);
  const file = record.options.journal ?? journalPath(environment);
  if (!existsSync(file)) return { provenAt: undefined, agent: undefined };
  const isOwn = process.geteuid?.() === account.uid;
  const events = isOwn
    ? readEvents(file, { types: proofs, last: 100 })
    : await eventsAs(account, record, run);
  return {
    provenAt: lastProven(events, Date.now()),
    agent: agentOf(folder, pid),
  };
}
