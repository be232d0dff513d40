/** What pg_controldata says that a server on these files must be told (`max_prepared_xacts setting: 0`). */
export interface ControlFacts {
  readonly systemIdentifier: string;
  readonly preparedTransactions: string;
  readonly locks: string;
}

const line = (text: string, name: string): string =>
  new RegExp(`^${name}: +(\\S+)$`, 'm').exec(text)?.[1] ?? '';

/** Reads what pg_controldata prints under LC_ALL=C. Pure. */
export function parseControl(text: string): ControlFacts {
  return {
    systemIdentifier: line(text, 'Database system identifier'),
    preparedTransactions: line(text, 'max_prepared_xacts setting'),
    locks: line(text, 'max_locks_per_xact setting'),
  };
}

/** Since when a setting is known, server_version_num. */
const eventTriggersSince = 170_000;
const activeOriginsSince = 180_000;

/**
 * The whole configuration of a copy that lives for one proof; none of the files' own is read. It opens no connection and lets nobody
 * in: no address to listen on, no archive, no primary, no subscription; with no worker processes, background workers of the
 * libraries (pg_cron's jobs, bg_mon's listener) do not start either (bgworker.c, RegisterBackgroundWorker). The libraries themselves
 * stay: WAL may need them to be replayed. Prepared transactions and replication origins need room, or recovery stops.
 */
export function copySettings(
  folder: string,
  of: { readonly preloaded: string; readonly serverVersion: number; readonly control: ControlFacts },
): string {
  const { preloaded, serverVersion, control } = of;
  const values = {
    listen_addresses: '',
    unix_socket_directories: `${folder}/run`,
    hba_file: `${folder}/copy_hba.conf`,
    shared_preload_libraries: preloaded,
    archive_mode: 'off',
    wal_level: 'replica',
    max_wal_senders: '0',
    max_worker_processes: '0',
    max_logical_replication_workers: '0',
    max_replication_slots: '64',
    max_prepared_transactions: control.preparedTransactions,
    max_locks_per_transaction: control.locks,
    max_connections: '20',
    autovacuum: 'off',
    ssl: 'off',
    logging_collector: 'off',
    log_destination: 'stderr',
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    max_wal_size: '4GB',
    maintenance_work_mem: '128MB',
    ...(serverVersion >= eventTriggersSince && { event_triggers: 'off' }),
    ...(serverVersion >= activeOriginsSince && { max_active_replication_origins: '64' }),
  };
  const lines = Object.entries(values).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return `${lines.join('\n')}\n`;
}
