import { z } from 'zod';

import type { ProgramInPod } from '../../ports/pod-programs.ts';
import { script } from '../program-output.ts';
import { programOf, type PsqlSession, type ServerInPod } from '../postgres/psql-session.ts';

const rule = z.object({ users: z.array(z.string()), method: z.string() });
export type LocalRule = z.infer<typeof rule>;

/** `all` in the column of databases does not mean replication (postgresql.org/docs/current/auth-pg-hba-conf.html). */
const rulesQuery = `
  SELECT user_name AS users, auth_method AS method FROM pg_catalog.pg_hba_file_rules
  WHERE error IS NULL AND type = 'local' AND 'replication' = ANY (database) ORDER BY line_number`;

/** Who may replicate and log in, superusers as well. */
const rolesQuery = `
  SELECT rolname AS name FROM pg_catalog.pg_roles WHERE rolcanlogin AND (rolreplication OR rolsuper) ORDER BY 1`;

/** Who may replicate over the socket without a password: the superuser, or whom the first rule that fits lets in. Pure. */
export function socketUser(
  rules: readonly LocalRule[],
  superuser: string,
  roles: readonly string[],
): string | undefined {
  return [superuser, ...roles].find((name) => {
    const first = rules.find(({ users }) => users.includes('all') || users.includes(name));
    // `peer` is for the user of the operating system who has the same name; that is the superuser's in these images.
    return first?.method === 'trust' || (first?.method === 'peer' && name === superuser);
  });
}

/**
 * Spilo's container knows the role of its standbys by these variables (zalando/spilo, ENVIRONMENT.rst), and lets it in by TCP
 * where it has no rule for the socket. The password stays in the container: it is in no argument.
 */
const overTcp = `[ -n "$PGUSER_STANDBY" ] && [ -n "$PGPASSWORD_STANDBY" ] || {
  echo "error: pg_hba.conf lets nobody replicate over the socket, and the container has no PGUSER_STANDBY and PGPASSWORD_STANDBY" >&2
  exit 1
}
program="$1" port="$2"
shift 2
PGPASSWORD="$PGPASSWORD_STANDBY" exec "$program" -h 127.0.0.1 -p "$port" -U "$PGUSER_STANDBY" -w "$@"`;

/** pg_basebackup with these options, by the way on which this server lets somebody replicate. */
export async function baseBackupProgram(
  session: PsqlSession,
  server: ServerInPod,
  ...options: readonly string[]
): Promise<ProgramInPod> {
  const rules = await session.query(rulesQuery, rule);
  const roles = await session.query(rolesQuery, z.object({ name: z.string() }));
  const user = socketUser(
    rules,
    server.superuser,
    roles.map(({ name }) => name),
  );
  if (user !== undefined) return programOf({ ...server, superuser: user }, 'pg_basebackup', ...options);
  const { port } = await session.row(
    "SELECT current_setting('port') AS port",
    z.object({ port: z.string() }),
  );
  const { namespace, pod, container, binaries } = server;
  const program = binaries === undefined ? 'pg_basebackup' : `${binaries}/pg_basebackup`;
  return {
    namespace,
    pod,
    container,
    argv: script('pg_basebackup', overTcp, program, port, ...options),
  };
}
