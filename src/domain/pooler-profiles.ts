import { sameSetting, settingText } from './pooler-settings.ts';

/** Settings of PgBouncer by key, as its configuration has them. */
export type PoolerValues = Readonly<Record<string, string>>;

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
} as const satisfies Record<string, PoolerValues>;

export type PoolerProfileName = keyof typeof poolerProfiles;

/** What each profile is for, in a sentence. */
export const profileTexts: Readonly<Record<PoolerProfileName, string>> = {
  quick: 'recommended: tries again a second after a failed login, and forgets a failed DNS lookup as fast',
  patience: 'at most one login a minute; PostgreSQL may be back for up to 60 s before PgBouncer tries again',
  previous: "what the Zalando operator's pooler image has",
  'pgbouncer-default': "PgBouncer's own defaults",
};

/** What a stack file asks of its poolers: a named profile, settings of its own, or both (the settings win). */
export interface PoolerProfile {
  /** `custom` when there are only settings of its own. */
  readonly name: string;
  readonly settings: PoolerValues;
}

/** Settings of a profile by name; undefined when there is none of that name. */
export function poolerProfile(name: string): PoolerValues | undefined {
  return Object.hasOwn(poolerProfiles, name) ? poolerProfiles[name as PoolerProfileName] : undefined;
}

/** The profile that a name and settings of one's own give together; undefined when there is none of that name. */
export function composedProfile(name: string | undefined, own: PoolerValues = {}): PoolerProfile | undefined {
  const settings = name === undefined ? {} : poolerProfile(name);
  if (settings === undefined) return undefined;
  const isChanged = Object.entries(own).some(([key, value]) => settings[key] !== value);
  const named = name ?? 'custom';
  return {
    name: name !== undefined && isChanged ? `${named} with changes` : named,
    settings: { ...settings, ...own },
  };
}

/** One setting that a running PgBouncer has otherwise; `effective` is undefined when it does not know the key. */
export interface SettingDifference {
  readonly key: string;
  readonly effective: string | undefined;
  readonly wanted: string;
}

/** What a running PgBouncer has otherwise than wanted, by SHOW CONFIG. */
export function settingDifferences(
  effective: PoolerValues,
  wanted: PoolerValues,
): readonly SettingDifference[] {
  return Object.entries(wanted)
    .map(([key, value]) => ({ key, effective: effective[key], wanted: value }))
    .filter((entry) => entry.effective === undefined || !sameSetting(entry.effective, entry.wanted));
}

/** The same as `key: effective, wanted`; keys that the process does not know are left out, for no SET would help. */
export function profileDifferences(effective: PoolerValues, wanted: PoolerValues): readonly string[] {
  return settingDifferences(effective, wanted)
    .filter((entry) => entry.effective !== undefined)
    .map((entry) => differenceText(entry));
}

/** One difference for people. */
export function differenceText({ key, effective, wanted }: SettingDifference): string {
  if (effective === undefined)
    return `${key}: this PgBouncer does not know it, wanted ${settingText(key, wanted)}`;
  return `${key}: ${settingText(key, effective)}, wanted ${settingText(key, wanted)}`;
}
