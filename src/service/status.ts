import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { couldNotLook, saw, type Looked } from '../domain/looked.ts';
import { causeText } from '../record/explained-error.ts';
import { accountOf } from './accounts.ts';
import { serviceHistory, type ServiceHistory } from './history.ts';
import type { Manager } from './manager.ts';
import { digestOf } from './program.ts';
import type { Run } from './run.ts';
import type { InstallRecord, Scope } from './service-spec.ts';
import { objectionsToAll } from './trust.ts';
import { readRecord } from './units/install-record.ts';
import { unitName } from './units/systemd-unit.ts';
import { parseUnitState, unitProperties, type UnitState } from './unit-state.ts';

/** Events of the journal at a path, newest last. Throws when they cannot be read. */
export type ReadEvents = (file: string) => Parameters<typeof serviceHistory>[0];

/** What there is to say about an installed agent. */
export interface ServiceStatus {
  readonly scope: Scope;
  readonly file: string;
  /** Undefined for a unit that `rekindle service install` did not write. */
  readonly record: InstallRecord | undefined;
  readonly unit: Looked<UnitState>;
  /** What is wrong with the files that the agent runs and reads; empty when all is as it was installed. */
  readonly objections: Looked<readonly string[]>;
  readonly history: Looked<ServiceHistory>;
}

/** The unit of this manager, or undefined when none is installed. */
export function installedUnit(manager: Manager): string | undefined {
  const file = join(manager.units, unitName);
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

async function changedFiles({ files }: InstallRecord): Promise<readonly string[]> {
  const found = await Promise.all(files.map(async (file) => ({ file, now: await digestOf(file.path) })));
  return found
    .filter(({ file, now }) => file.sha256 !== now.sha256)
    .map(
      ({ file }) =>
        `${file.path} is not the one that was installed: if that was you, run \`rekindle service install\` again`,
    );
}

async function objectionsNow(record: InstallRecord | undefined, run: Run): Promise<readonly string[]> {
  if (record === undefined)
    return [
      'the unit was not written by this program, or changed: it does not say what it was installed with',
    ];
  const account = await accountOf(record.account, run);
  const objections = await objectionsToAll(record.decisive, account, run);
  const changed = await changedFiles(record);
  return [...changed, ...objections.map(({ path, why, mend }) => `${path}: ${why} (${mend})`)];
}

/** Looks at the agent of this manager from every side; nothing of it throws. */
export async function serviceStatus(
  manager: Manager,
  file: string,
  readEvents: ReadEvents,
  run: Run,
): Promise<ServiceStatus> {
  const record = readRecord(readFileSync(file, 'utf8'));
  const journal = async () => {
    const { options } = record ?? {};
    if (options?.journal !== undefined) return options.journal;
    const { home } = await accountOf(record?.account ?? String(process.geteuid?.()), run);
    return journalPathOf(home, options?.environment);
  };
  const [unit, objections, history] = await Promise.all([
    looked('systemctl show', () => unitState(manager)),
    looked('the files of the agent', () => objectionsNow(record, run)),
    looked('the journal', async () => serviceHistory(readEvents(await journal()), Date.now())),
  ]);
  return { scope: manager.scope, file, record, unit, objections, history };
}
