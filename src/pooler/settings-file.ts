import type { PoolerProfile, PoolerValues } from '../domain/pooler-profiles.ts';

function lines(settings: PoolerValues): readonly string[] {
  return Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
}

/**
 * The file that a pgbouncer.ini includes from within its section [pgbouncer]. It has no header of its own: each header
 * [pgbouncer] puts every setting that was read before it back to its default (libusual, usual/cfparser.c,
 * fill_defaults()), the port, the users and the certificates as well.
 */
export function settingsFile({ name, settings }: PoolerProfile): string {
  const remark = `; pooler profile ${name}, by: rekindle pooler profile set. To take it back: rekindle pooler profile undo`;
  return `${[remark, ...lines(settings)].join('\n')}\n`;
}

/**
 * A whole pgbouncer.ini with these settings for a PgBouncer that is started for a moment, to see whether it accepts
 * them: it listens on loopback only, lets nobody in, and has no server that it could reach.
 */
export function checkConfiguration(settings: PoolerValues): string {
  return `${[
    '[databases]',
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    'listen_port = 6432',
    'unix_socket_dir =',
    'auth_type = plain',
    ...lines(settings),
  ].join('\n')}\n`;
}
