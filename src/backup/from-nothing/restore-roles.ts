import { z } from 'zod';

import type { PodPrograms } from '../../ports/pod-programs.ts';
import { withInput } from '../program-output.ts';
import { programOf, PsqlSession, type ServerInPod } from '../postgres/psql-session.ts';
import { wholeText } from '../whole-text.ts';

const create = /^CREATE ROLE (.+);$/;
const attributes = /^ALTER ROLE ((?:"(?:[^"]|"")*"|[^\s"]+)) WITH .*;$/;

/** A password as a verifier; a quote in it is doubled. */
const password = / PASSWORD '(?:[^']|'')*'/;

/** A name as SQL has it, without its quotes. */
const unquoted = (name: string): string =>
  name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;

/**
 * The statements of `pg_dumpall --roles-only` for a server that has some of the roles already: these are not made, and keep the passwords
 * that the operator has given them, which are those of the Secrets; all else is set as it was. Pure.
 */
export function rolesFor(dump: string, existing: ReadonlySet<string>): string {
  return dump
    .split('\n')
    .flatMap((line) => {
      const made = create.exec(line)?.[1];
      if (made !== undefined) return existing.has(unquoted(made)) ? [] : [line];
      const altered = attributes.exec(line)?.[1];
      if (altered === undefined || !existing.has(unquoted(altered))) return [line];
      return [line.replace(password, '')];
    })
    .join('\n');
}

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** Makes the roles of a backup and gives them their rights, memberships and settings. Throws ProgramFailed at the first error. */
export async function restoreRoles(
  programs: PodPrograms,
  primary: ServerInPod,
  plain: AsyncIterable<Buffer>,
): Promise<void> {
  const dump = await wholeText(plain);
  const session = await PsqlSession.open(programs, primary, 'postgres');
  let names: readonly string[] = [];
  try {
    const rows = await session.query(
      'SELECT rolname AS name FROM pg_catalog.pg_roles',
      z.object({ name: z.string() }),
    );
    names = rows.map(({ name }) => name);
  } finally {
    session.close();
  }
  const sql = `${rolesFor(dump, new Set(names))}\n\\quit\n`;
  const options = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres', '-f', '-'];
  await withInput(programs, programOf(primary, 'psql', ...options), once(sql));
}
