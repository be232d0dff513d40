import {
  differenceText,
  poolerProfiles,
  profileTexts,
  type PoolerProfile,
  type PoolerProfileName,
  settingDifferences,
  type SettingDifference,
} from '../domain/pooler-profiles.ts';
import { poolerSettings, settingText } from '../domain/pooler-settings.ts';
import type { PoolerProcess } from './pooler-state.ts';

/** One process against a profile. */
export interface ProcessDifferences {
  readonly pod: string;
  /** Undefined: it could not be asked, see `why`. */
  readonly differences: readonly SettingDifference[] | undefined;
  readonly why?: string;
}

/** Every process against a profile; one that could not be asked is neither right nor wrong. */
export function compareProcesses(
  processes: readonly PoolerProcess[],
  { settings }: PoolerProfile,
): readonly ProcessDifferences[] {
  return processes.map(({ ref, config }) =>
    config.looked
      ? { pod: ref.name, differences: settingDifferences(config.value.values, settings) }
      : { pod: ref.name, differences: undefined, why: config.why },
  );
}

/** What is to be said of one process: a line for each setting that it has otherwise. */
export function processText({ pod, differences, why }: ProcessDifferences): string {
  if (differences === undefined) return `${pod}: could not be asked: ${why ?? ''}`;
  if (differences.length === 0) return `${pod}: as the profile asks`;
  return [`${pod}:`, ...differences.map((entry) => `  ${differenceText(entry)}`)].join('\n');
}

/** How the comparison of all processes went. */
export type ComparisonResult = 'same' | 'different' | 'unknown';

/** `different` when any is, `unknown` when any could not be asked or there is none. */
export function comparisonResult(all: readonly ProcessDifferences[]): ComparisonResult {
  if (all.some(({ differences }) => (differences?.length ?? 0) > 0)) return 'different';
  return all.length === 0 || all.some(({ differences }) => differences === undefined) ? 'unknown' : 'same';
}

function settingsText(settings: PoolerProfile['settings']): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key} ${settingText(key, value)}`)
    .join(', ');
}

/** The named profiles, each with what it is for and its settings. */
export function profileListText(): string {
  const width = Math.max(...Object.keys(poolerProfiles).map((name) => name.length));
  return Object.entries(profileTexts)
    .map(([name, text]) => {
      const settings = settingsText(poolerProfiles[name as PoolerProfileName]);
      return `${name.padEnd(width)}  ${text}\n${' '.repeat(width)}  ${settings}`;
    })
    .join('\n');
}

/** A profile as lines of section [pgbouncer], with what a person wants to know as remarks. */
export function profileText({ name, settings }: PoolerProfile): string {
  const purpose = Object.hasOwn(profileTexts, name) ? `: ${profileTexts[name as PoolerProfileName]}` : '';
  const newer = Object.keys(settings).flatMap((key) => {
    const since = poolerSettings[key]?.since;
    return since === undefined ? [] : [`; ${key}: PgBouncer ${since} or newer`];
  });
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
  return [`; ${name}${purpose}`, ...newer, ...lines].join('\n');
}
