import { readFileSync, renameSync, writeFileSync } from 'node:fs';

import type { AgentState } from '../domain/agent-state.ts';
import { errorCode } from './explained-error.ts';

/** How an agent was when it last said so. */
export interface KeptAgentState extends AgentState {
  readonly pid: number;
  readonly version: string;
  readonly context: string;
  /** When it said so, ms since the epoch. */
  readonly at: number;
}

/** Readers never see half of it: a rename replaces the file at once. Not forced to disk: it says how things are now. */
export function writeAgentState(file: string, state: KeptAgentState): void {
  const fresh = `${file}.${state.pid}`;
  writeFileSync(fresh, `${JSON.stringify(state)}\n`, { mode: 0o644 });
  renameSync(fresh, file);
}

/** What an agent said last; undefined: none ever did. Throws when the file cannot be read or is no such thing. */
export function readAgentState(file: string): KeptAgentState | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeptAgentState;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
