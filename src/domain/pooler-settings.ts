/** What a number of a setting counts. */
export type SettingUnit = 'seconds' | 'milliseconds' | 'count' | 'on-off';

/** One of PgBouncer's own settings that a profile may hold. */
export interface PoolerSetting {
  readonly unit: SettingUnit;
  /** First PgBouncer that knows it, where that is newer than 1.18. */
  readonly since?: string;
}

const seconds = { unit: 'seconds' } as const;
const count = { unit: 'count' } as const;
const onOff = { unit: 'on-off' } as const;

/**
 * What a profile may hold: numbers of section [pgbouncer] that take effect by RELOAD and by SET, in PgBouncer's own
 * units. Sources: pgbouncer.org/config.html (doc/config.md) for meaning and unit, src/main.c (bouncer_params: CF_TIME_*,
 * CF_INT, and no CF_NO_RELOAD) at pgbouncer_1_18_0 and 13a344f2 (2026-07), NEWS.md for the versions.
 */
export const poolerSettings: Readonly<Record<string, PoolerSetting>> = {
  server_login_retry: seconds,
  server_connect_timeout: seconds,
  server_lifetime: seconds,
  server_idle_timeout: seconds,
  server_check_delay: seconds,
  client_login_timeout: seconds,
  client_idle_timeout: seconds,
  autodb_idle_timeout: seconds,
  dns_max_ttl: seconds,
  dns_nxdomain_ttl: seconds,
  dns_zone_check_period: seconds,
  query_timeout: seconds,
  query_wait_timeout: seconds,
  cancel_wait_timeout: { ...seconds, since: '1.19' },
  idle_transaction_timeout: seconds,
  transaction_timeout: { ...seconds, since: '1.25' },
  suspend_timeout: seconds,
  reserve_pool_timeout: seconds,
  max_client_conn: count,
  default_pool_size: count,
  min_pool_size: count,
  reserve_pool_size: count,
  max_db_connections: count,
  max_db_client_connections: { ...count, since: '1.24' },
  max_user_connections: count,
  max_user_client_connections: { ...count, since: '1.24' },
  max_prepared_statements: { ...count, since: '1.21' },
  sbuf_loopcnt: count,
  tcp_keepcnt: count,
  tcp_user_timeout: { unit: 'milliseconds' },
  server_fast_close: onOff,
  server_round_robin: onOff,
  server_reset_query_always: onOff,
  application_name_add_host: onOff,
  log_connections: onOff,
  log_disconnections: onOff,
  log_pooler_errors: onOff,
  log_stats: onOff,
  tcp_keepalive: onOff,
};

/** Known settings that are no business of a profile, by the reason. */
const others: readonly { readonly why: string; readonly keys: readonly string[] }[] = [
  {
    why: 'PgBouncer takes it at its start only, and RELOAD does not change it',
    keys: words(`disable_pqexec job_name listen_addr listen_backlog listen_port pidfile pkt_buf resolv_conf service_name
      so_reuseport track_extra_parameters unix_socket_dir unix_socket_group unix_socket_mode user`),
  },
  {
    why: 'it decides who may log in, and belongs where the pooler is deployed',
    keys: words(`admin_users auth_dbname auth_file auth_hba_file auth_ident_file auth_ldap_options auth_query auth_type
      auth_user scram_iterations stats_users client_tls13_ciphers client_tls_ca_file client_tls_cert_file
      client_tls_ciphers client_tls_dheparams client_tls_ecdhcurve client_tls_key_file client_tls_protocols
      client_tls_sslmode server_tls13_ciphers server_tls_ca_file server_tls_cert_file server_tls_ciphers
      server_tls_key_file server_tls_protocols server_tls_sslmode`),
  },
  {
    why: 'it decides what clients may do or where the log goes, and belongs where the pooler is deployed',
    keys: words(`conffile ignore_startup_parameters logfile login_notify_message max_packet_size peer_id pool_mode
      query_wait_notify server_check_query server_reset_query stats_period syslog syslog_facility syslog_ident
      tcp_defer_accept tcp_keepidle tcp_keepintvl tcp_socket_buffer verbose`),
  },
  {
    why: 'it belongs to a line of section [databases] or [users], and PgBouncer does not start when it stands in [pgbouncer]',
    keys: words(`dbname host port password pool_size reserve_pool connect_query client_encoding datestyle timezone
      load_balance_hosts`),
  },
];

function words(text: string): readonly string[] {
  return text.split(/\s+/);
}

/** Plain decimal: PgBouncer would take 010 for 8 (strtol with base 0) and "5 ; five" for an error. */
const number = /^(0|[1-9]\d{0,8})(\.\d{1,6})?$/;

function unknown(key: string): string {
  const other = others.find(({ keys }) => keys.includes(key));
  if (other !== undefined) return `not part of a profile: ${other.why}`;
  return 'no setting of PgBouncer: it would not start with it ("unknown parameter")';
}

/** Why this value of this setting cannot be in a profile, without the key; undefined when it can. */
export function settingProblem(key: string, value: unknown): string | undefined {
  const setting = Object.hasOwn(poolerSettings, key) ? poolerSettings[key] : undefined;
  if (setting === undefined) return unknown(key);
  const match = typeof value === 'string' ? number.exec(value) : null;
  if (match === null) return `must be a number (${setting.unit}), as 5; it is ${JSON.stringify(value)}`;
  if (match[2] !== undefined && setting.unit !== 'seconds')
    return `must be a whole number; it is ${match[0]}`;
  if (setting.unit === 'on-off' && match[1] !== '0' && match[1] !== '1')
    return `must be 0 or 1; it is ${match[0]}`;
  return undefined;
}

const suffixes: Readonly<Record<SettingUnit, string>> = {
  seconds: ' s',
  milliseconds: ' ms',
  count: '',
  'on-off': '',
};

/** The value with its unit, for people. */
export function settingText(key: string, value: string): string {
  return `${value}${suffixes[poolerSettings[key]?.unit ?? 'count']}`;
}

function digits(text: string): string {
  return Number(text).toPrecision(6);
}

/**
 * Whether two values of a setting are the same to PgBouncer. SHOW CONFIG prints times with six digits (`%g` in
 * cf_get_time_double()), so more of them cannot be compared.
 */
export function sameSetting(one: string, other: string): boolean {
  return one.trim() !== '' && other.trim() !== '' && digits(one) === digits(other);
}
