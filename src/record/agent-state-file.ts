import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** An agent's file, and the cluster that it is about. */
export interface AgentStateFile {
  readonly cluster: string;
  readonly state: KeptAgentState;
}

/** Every agent's file in this folder, by the time that it speaks of, the oldest first. Throws when one cannot be read. */
export function readAgentStates(folder: string): readonly AgentStateFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const cluster = /^agent-(.+)\.json$/.exec(name)?.[1];
      const state = cluster === undefined ? undefined : readAgentState(join(folder, name));
      return cluster === undefined || state === undefined
        ? []
        : [{ cluster: decodeURIComponent(cluster), state }];
    })
    .sort((a, b) => a.state.at - b.state.at);
}
