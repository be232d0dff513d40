import { z } from 'zod';

import { identifier, literal, type PsqlSession } from './psql-session.ts';

/** Settings whose value is a list of names: as they are, not as one quoted text (pg_dump's dumputils.c, variable_is_guc_list_quote). */
const lists: ReadonlySet<string> = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]);

const setting = z.object({ role: z.string().nullable(), text: z.string() });
const grant = z.object({ grantee: z.string().nullable(), privilege: z.string(), isGrantable: z.boolean() });

function settingStatement(name: string, { role, text }: z.infer<typeof setting>): string {
  const at = text.indexOf('=');
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  const of =
    role === null
      ? `DATABASE ${identifier(name)}`
      : `ROLE ${identifier(role)} IN DATABASE ${identifier(name)}`;
  return `ALTER ${of} SET ${identifier(key)} = ${lists.has(key) ? value || "''" : literal(value)}`;
}

function grantStatement(name: string, { grantee, privilege, isGrantable }: z.infer<typeof grant>): string {
  const to = grantee === null ? 'PUBLIC' : identifier(grantee);
  return `GRANT ${privilege} ON DATABASE ${identifier(name)} TO ${to}${isGrantable ? ' WITH GRANT OPTION' : ''}`;
}

/**
 * Statements that give a new database what belongs to a database and not to what is in it: its settings, those of roles in it, and
 * who may use it. A dump has them only together with the database's name.
 */
export async function propertiesOf(
  session: PsqlSession,
  database: string,
  name: string,
): Promise<readonly string[]> {
  const ofDatabase = `(SELECT oid FROM pg_catalog.pg_database WHERE datname = ${literal(database)})`;
  const settings = await session.query(
    `SELECT r.rolname AS role, unnest(s.setconfig) AS text FROM pg_catalog.pg_db_role_setting s
     LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = ${ofDatabase}`,
    setting,
  );
  const grants = await session.query(
    `SELECT r.rolname AS grantee, a.privilege_type AS privilege, a.is_grantable AS "isGrantable"
     FROM pg_catalog.pg_database d, aclexplode(d.datacl) a LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
     WHERE d.datname = ${literal(database)}`,
    grant,
  );
  return [
    ...settings.map((entry) => settingStatement(name, entry)),
    ...(grants.length === 0 ? [] : [`REVOKE ALL ON DATABASE ${identifier(name)} FROM PUBLIC`]),
    ...grants.map((entry) => grantStatement(name, entry)),
  ];
}
