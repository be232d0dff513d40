import type { PoolerProfile, PoolerValues } from './pooler-profiles.ts';

/** A profile as the parameters of a step, which are texts. */
export function profileParameters(profile: PoolerProfile | undefined): {
  readonly profile: string;
  readonly settings: string;
} {
  return { profile: profile?.name ?? '', settings: JSON.stringify(profile?.settings ?? {}) };
}

/** The settings in a step's parameters. Throws when they are none: a step that is not ours. */
export function settingsOf(parameters: Readonly<Record<string, string>>): PoolerValues {
  return JSON.parse(parameters['settings'] ?? '') as PoolerValues;
}
