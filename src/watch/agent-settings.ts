import type { AgentFile } from '../agent-file/schema.ts';
import type { Restraint } from '../plan/guards/define-guard.ts';
import { defaultSettings, type WatchSettings } from './settings.ts';

/** What an agent may do within an hour unless its user says otherwise: a recovery takes a handful of actions. */
const defaultRestraint: Restraint = { perObjectAndHour: 6, perHour: 40 };

/** The user's settings over the defaults. */
export function settingsOf({ watch = {} }: Pick<AgentFile, 'watch'>): WatchSettings {
  const { visitEvery, lookEvery, proveEvery, warmUp, quiet, recovery } = watch;
  const given = {
    visitEveryMs: visitEvery,
    lookEveryMs: lookEvery,
    proveEveryMs: proveEvery,
    warmUpMs: warmUp,
    quietMs: quiet,
    recoveryMs: recovery,
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...defaultSettings, ...set };
}

export function restraintOf({ watch = {} }: Pick<AgentFile, 'watch'>): Restraint {
  const { perObjectAndHour, perHour } = defaultRestraint;
  return {
    perObjectAndHour: watch.actionsPerObjectAndHour ?? perObjectAndHour,
    perHour: watch.actionsPerHour ?? perHour,
  };
}
