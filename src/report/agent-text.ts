import type { AgentState } from '../domain/agent-state.ts';
import { dateTime } from '../domain/time-stamp.ts';

export interface SeenAgent extends AgentState {
  readonly pid: number;
  /** Whether the process that wrote it lives. */
  readonly lives: boolean;
}

/** One line on the agent of a stack; undefined: none ever was. */
export function agentText(agent: SeenAgent | undefined): string {
  if (agent === undefined) return 'No agent watches it. `rekindle service install` keeps one running.';
  const { state, lives, pid, since, sentence, provenAt } = agent;
  const proof = provenAt === undefined ? 'nothing proven yet' : `last proof ${dateTime(provenAt)}`;
  if (!lives || state === 'stopped') return `The agent does not run; ${proof}. Its last word: ${sentence}`;
  return `Agent (process ${pid}), ${state} since ${dateTime(since)}, ${proof}: ${sentence}`;
}
