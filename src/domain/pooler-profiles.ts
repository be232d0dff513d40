/**
 * Named sets of PgBouncer settings. Units: seconds. Sources: `patience` is the user's own set; `previous` is the
 * template of the Zalando pooler image; `pgbouncer-default` is pgbouncer.org/config.html; `quick` is what our
 * measurements recommend (recovery medians of 0.0-0.9 s without any help, against up to 60 s with `patience`).
 */
export const poolerProfiles = {
  patience: {
    server_login_retry: '60',
    server_connect_timeout: '30',
    server_lifetime: '3600',
    server_idle_timeout: '600',
  },
  quick: { server_login_retry: '1', server_connect_timeout: '10', dns_nxdomain_ttl: '1' },
  previous: { server_login_retry: '5', server_connect_timeout: '15' },
  'pgbouncer-default': { server_login_retry: '15', server_connect_timeout: '15', dns_nxdomain_ttl: '15' },
} as const satisfies Record<string, Record<string, string>>;

export type PoolerProfileName = keyof typeof poolerProfiles;

/** Settings of a profile by name; undefined when there is none of that name. */
export function poolerProfile(name: string): Readonly<Record<string, string>> | undefined {
  return Object.hasOwn(poolerProfiles, name) ? poolerProfiles[name as PoolerProfileName] : undefined;
}

/** Keys whose effective value differs from the profile, as `key: effective, wanted`. */
export function profileDifferences(
  effective: Readonly<Record<string, string>>,
  profile: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(profile)
    .filter(([key, wanted]) => effective[key] !== undefined && Number(effective[key]) !== Number(wanted))
    .map(([key, wanted]) => `${key}: ${effective[key] ?? ''}, wanted ${wanted}`);
}
