import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import { deletedPods } from '../rig/audit-log.ts';
import type { Ended, Site } from './define-case.ts';

/** An event of the journal, as far as a case looks. */
export interface Recorded {
  readonly type: string;
  /** By the clock of then, ms since the epoch. */
  readonly at: number;
  readonly body: {
    readonly action?: string;
    readonly acted?: string;
    readonly step?: { readonly step: string };
    readonly verdict?: { readonly state: string };
  };
}

/** The events of the case's journal, oldest first. Throws when SQLite finds the file damaged. */
export function journalOf({ journal }: Site): readonly Recorded[] {
  return journalAt(journal);
}

/** The events of a journal, oldest first; none while there is no file. Throws when SQLite finds the file damaged. */
export function journalAt(journal: string): readonly Recorded[] {
  if (!existsSync(journal)) return [];
  const database = new DatabaseSync(journal, { readOnly: true });
  try {
    const check = database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
    if (check !== 'ok') throw new Error(`the journal is damaged: ${String(check)}`);
    const rows = database.prepare('SELECT type, at, body FROM events ORDER BY seq').all();
    return rows.map(({ type, at, body }) => ({
      type: String(type),
      at: Number(at),
      body: JSON.parse(String(body)) as Recorded['body'],
    }));
  } finally {
    database.close();
  }
}

/** Names of the steps that were intended, oldest first. */
export function intendedSteps(site: Site): readonly string[] {
  return journalOf(site).flatMap(({ type, body }) =>
    type === 'step-intended' ? [body.step?.step ?? ''] : [],
  );
}

/** How many intents of a journal have no outcome. */
export function openIntents(events: readonly Recorded[]): number {
  const heard = new Set(events.flatMap(({ type, body }) => (type === 'step-acted' ? [body.action] : [])));
  return events.filter(({ type, body }) => type === 'step-intended' && !heard.has(body.action)).length;
}

function expectOutcomes(site: Site): void {
  const open = openIntents(journalOf(site));
  if (open > 0) throw new Error(`${open} intents have no outcome in the journal`);
}

async function expectReadable(site: Site): Promise<void> {
  journalOf(site);
  const history = await site.rekindle({ args: ['history', '--json'] });
  if (history.exitCode !== 0) throw new Error(`the history cannot be read: ${history.stderr}`);
  JSON.parse(history.stdout);
}

/** Whether `up --json` proved two writes through the front door. */
export function isVerified({ exitCode, stdout }: Ended): boolean {
  if (exitCode !== 0) return false;
  const { verdict } = JSON.parse(stdout) as { verdict: { state: string; proven: string } };
  return verdict.state === 'healthy' && verdict.proven === 'verified';
}

/** Throws when a pod was deleted that one of these runs, or the same one, had deleted before. */
export function expectNoSecondDeletion(runs: readonly Ended[]): void {
  const names = runs.flatMap(({ requests }) => deletedPods(requests));
  const again = names.filter((name, index) => names.indexOf(name) !== index);
  if (again.length > 0) throw new Error(`deleted twice: ${again.join(', ')}`);
}

/** An error of Node itself shows lines of code: that is a crash, and never what a user should see. */
export function expectNoCrash({ stdout, stderr }: Ended): void {
  if (/^\s+at .+:\d+:\d+\)?$/m.test(`${stderr}\n${stdout}`)) throw new Error(`it crashed: ${stderr}`);
}

/**
 * What must be so after an accident: the journal is whole and readable, the next run ends with the stack verified, every
 * intent has an outcome, and no pod was deleted twice. Gives that next run; throws with what is not so.
 */
export async function expectNothingLost(site: Site, accident: Ended): Promise<Ended> {
  expectNoCrash(accident);
  await expectReadable(site);
  const next = await site.rekindle();
  if (!isVerified(next))
    throw new Error(`the next run ended with ${next.exitCode}: ${next.stdout}${next.stderr}`);
  expectOutcomes(site);
  expectNoSecondDeletion([accident, next]);
  return next;
}
