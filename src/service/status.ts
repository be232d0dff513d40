import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { couldNotLook, saw, seen, type Looked } from '../domain/looked.ts';
import { causeText } from '../record/explained-error.ts';
import { accountOf } from './accounts.ts';
import { lookIntoJournal, type AgentHistory, type ReadEvents } from './journal-look.ts';
import type { Manager } from './manager.ts';
import { digestOf } from './program.ts';
import type { Run } from './run.ts';
import type { InstallRecord, Scope } from './service-spec.ts';
import { objectionsToAll } from './trust.ts';
import { parseUnitState, unitProperties, type UnitState } from './unit-state.ts';
import { readRecord } from './units/install-record.ts';
import { unitName } from './units/systemd-unit.ts';

/** What there is to say about an installed agent. */
export interface ServiceStatus {
  readonly scope: Scope;
  readonly file: string;
  /** Undefined for a unit that `rekindle service install` did not write. */
  readonly record: InstallRecord | undefined;
  readonly unit: Looked<UnitState>;
  /** What is wrong with the files that the agent runs and reads; empty when all is as it was installed. */
  readonly objections: Looked<readonly string[]>;
  readonly history: Looked<AgentHistory>;
}

/** The unit of this manager, or undefined when none is installed. */
export function installedUnit({ units }: Manager): string | undefined {
  const file = join(units, unitName);
  return existsSync(file) ? file : undefined;
}

async function looked<T>(from: string, look: () => T | Promise<T>): Promise<Looked<T>> {
  try {
    return saw(await look(), from, Date.now());
  } catch (error) {
    return couldNotLook(causeText(error), from, Date.now());
  }
}

async function unitState({ systemctl }: Manager): Promise<UnitState> {
  const { code, stdout, said } = await systemctl('show', unitName, `--property=${unitProperties.join(',')}`);
  if (code !== 0) throw new Error(said || `systemctl show ended with ${code}`);
  return parseUnitState(stdout);
}

async function changedFiles({ files }: InstallRecord, command: string): Promise<readonly string[]> {
  const found = await Promise.all(files.map(async (file) => ({ file, now: await digestOf(file.path) })));
  return found
    .filter(({ file, now }) => file.sha256 !== now.sha256)
    .map(({ file: { path } }) => `${path} is not the one that was installed; if that was you: ${command}`);
}

const noRecord = 'the unit does not say how it was installed: somebody else wrote or changed it';

/** What is wrong with the files that a unit runs and reads; empty when all is as it was installed. */
export async function objectionsNow(
  record: InstallRecord | undefined,
  run: Run,
  command = 'rekindle service install',
): Promise<readonly string[]> {
  if (record === undefined) return [noRecord];
  const account = await accountOf(record.account, run);
  const objections = await objectionsToAll(record.decisive, account, run);
  const changed = await changedFiles(record, command);
  return [...changed, ...objections.map(({ path, why, mend }) => `${path}: ${why} (${mend})`)];
}

/** Looks at the agent of this manager from every side; nothing of it throws. */
export async function serviceStatus(
  manager: Manager,
  file: string,
  parts: { readonly readEvents: ReadEvents; readonly run: Run },
): Promise<ServiceStatus> {
  const record = readRecord(readFileSync(file, 'utf8'));
  const unit = await looked('systemctl show', () => unitState(manager));
  const pid = seen(unit)?.pid ?? 0;
  const [objections, history] = await Promise.all([
    looked('the files of the agent', () => objectionsNow(record, parts.run)),
    looked('the journal', async () => {
      if (record === undefined) throw new Error(noRecord);
      return lookIntoJournal(record, await accountOf(record.account, parts.run), pid, parts);
    }),
  ]);
  return { scope: manager.scope, file, record, unit, objections, history };
}
