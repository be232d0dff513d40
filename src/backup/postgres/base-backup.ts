import { z } from 'zod';

import type { ProgramInPod } from '../../ports/pod-programs.ts';
import { ExplainedError } from '../../record/explained-error.ts';
import type { PsqlSession, ServerInPod } from './psql-session.ts';

/** The server lets nobody copy its files over its own socket. */
export class NoReplicationLogin extends ExplainedError {
  override readonly name = 'NoReplicationLogin';
}

const rule = z.object({ users: z.array(z.string()), method: z.string() });

/**
 * Who may copy the server's files without a password: a local rule of pg_hba.conf for replication. `all` databases do not
 * include it (postgresql.org, The pg_hba.conf File). Spilo lets its role `standby`. Throws NoReplicationLogin.
 */
export async function replicationUser(session: PsqlSession, server: ServerInPod): Promise<string> {
  const rules = await session.query(
    `SELECT user_name AS users, auth_method AS method FROM pg_catalog.pg_hba_file_rules
     WHERE type = 'local' AND 'replication' = ANY (database) AND error IS NULL ORDER BY line_number`,
    rule,
  );
  const [first] = rules.filter(({ method }) => method === 'trust' || method === 'peer');
  if (first === undefined)
    throw new NoReplicationLogin({
      what: "The server's files cannot be copied",
      cause: 'no local rule of its pg_hba.conf lets anybody replicate without a password',
      place: `pod ${server.namespace}/${server.pod}`,
      next: 'Add `local replication standby trust` to pg_hba, or leave the copy of the files out: `--without files`.',
    });
  const [user = 'all'] = first.users;
  return user === 'all' ? server.superuser : user;
}

/**
 * `pg_basebackup` as one tar archive with the WAL that it needs and its manifest. It begins at once, not at the next
 * checkpoint. Only one tablespace can go to one archive; with others it fails, and says so.
 */
export function baseBackupOf(server: ServerInPod, user: string): ProgramInPod {
  const { namespace, pod, container, socket } = server;
  const words = ['-w', ...(socket === undefined ? [] : ['-h', socket])];
  return {
    namespace,
    pod,
    container,
    argv: [
      'pg_basebackup',
      '-U',
      user,
      ...words,
      '--pgdata=-',
      '--format=tar',
      '--wal-method=fetch',
      '--checkpoint=fast',
    ],
  };
}
