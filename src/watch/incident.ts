import type { WatchSettings } from './settings.ts';

/** What one look says about the stack, as far as the decision to act needs it. */
export interface Sight {
  /** Monotonic, ms. */
  readonly at: number;
  /** `settling` and `unknown` as in findings; `usable`: nothing is wrong and the front door answers. */
  readonly health: 'usable' | 'broken' | 'settling' | 'unknown';
  /** What is wrong, without names that change by themselves: a person who was called is called again when it changes. */
  readonly trouble: string;
  /** The machine or the cluster's nodes have started since the stack was last seen usable. */
  readonly sinceBoot: boolean;
  /** A recovery has ended since that start. */
  readonly wasTried: boolean;
  /** Why somebody wants it so, in words: the cluster was stopped by hand, or is under maintenance; undefined: nobody does. */
  readonly onPurpose?: string | undefined;
}

/** How a recovery ended. */
export interface Ended {
  /** Monotonic, ms. */
  readonly at: number;
  readonly outcome: 'usable' | 'not-usable' | 'needs-human' | 'interrupted';
  readonly trouble: string;
}

/** Why a person was called, about what, and after how much of what was tried. */
export interface Escalation {
  readonly reason: string;
  readonly trouble: string;
  /** Monotonic, ms. */
  readonly at: number;
  readonly failed: number;
  readonly relapses: number;
}

/** One time of trouble, from its first sign until the stack has been usable for a while. All times monotonic, ms. */
export interface Incident {
  readonly since: number;
  /** Beginning of the present stretch of trouble; undefined while the stack is usable. */
  readonly troubleSince: number | undefined;
  /** Beginning of the present stretch of being usable. */
  readonly usableSince: number | undefined;
  /** Recoveries that did not end with a usable stack. */
  readonly failed: number;
  /** Times that the stack broke again after it had been brought back. */
  readonly relapses: number;
  /** A recovery was made in this incident. */
  readonly wasHelped: boolean;
  /** No recovery before. */
  readonly notBefore: number;
  readonly escalation: Escalation | undefined;
}

/** What the agent does next. */
export type Decision =
  | { readonly act: 'rest' }
  /** Looks again after `inMs`, for the reason given. */
  | { readonly act: 'wait'; readonly inMs: number; readonly why: string }
  | { readonly act: 'recover'; readonly why: string }
  | { readonly act: 'call'; readonly reason: string }
  | { readonly act: 'close'; readonly seconds: number };

export interface Judged {
  readonly incident: Incident | undefined;
  readonly decision: Decision;
}

const opened = (at: number): Incident => ({
  since: at,
  troubleSince: at,
  usableSince: undefined,
  failed: 0,
  relapses: 0,
  wasHelped: false,
  notBefore: 0,
  escalation: undefined,
});

function whileUsable(
  incident: Incident,
  { at }: Sight,
  { quietMs, closeLookEveryMs }: WatchSettings,
): Judged {
  const usableSince = incident.usableSince ?? at;
  if (at - usableSince >= quietMs)
    return {
      incident: undefined,
      decision: { act: 'close', seconds: (usableSince - incident.since) / 1000 },
    };
  const why = `usable for ${Math.round((at - usableSince) / 1000)} s; the incident is over after ${quietMs / 1000} s`;
  return {
    incident: { ...incident, usableSince, troubleSince: undefined },
    decision: { act: 'wait', inMs: closeLookEveryMs, why },
  };
}

/** The incident as of this look: it begins, goes on, or breaks out again. */
function inTrouble(before: Incident | undefined, { at }: Sight): Incident {
  if (before === undefined) return opened(at);
  if (before.usableSince === undefined) return before;
  const relapses = before.relapses + (before.wasHelped ? 1 : 0);
  return { ...before, usableSince: undefined, troubleSince: at, relapses };
}

/**
 * Whether help comes at once: the machine, the engine or a node has just started, and nobody has helped since. That the stack was
 * down is no failure of the recovery before, so that its pauses do not count.
 */
function isFreshStart({ sinceBoot, wasTried }: Sight): boolean {
  return sinceBoot && !wasTried;
}

/** Why nothing is done yet, and when to look again; undefined: it is time. */
function patience(
  incident: Incident,
  sight: Sight,
  settings: WatchSettings,
): { readonly why: string; readonly inMs: number } | undefined {
  const { closeLookEveryMs, calmLookEveryMs, warmUpMs, settlingMs } = settings;
  const { at, health, onPurpose } = sight;
  if (onPurpose !== undefined) return { why: onPurpose, inMs: calmLookEveryMs };
  if (isFreshStart(sight)) return undefined;
  if (calledFor(incident, sight, settings)) return { why: 'a person is needed', inMs: calmLookEveryMs };
  const pauseMs = incident.notBefore - at;
  if (pauseMs > 0) {
    const why = `the last recovery did not last; the next one in ${Math.ceil(pauseMs / 1000)} s`;
    return { why, inMs: Math.min(pauseMs, calmLookEveryMs) };
  }
  const lasted = at - (incident.troubleSince ?? at);
  if (health === 'settling')
    // What hangs looks like what comes up: a database without a primary, an API server that does not answer.
    return lasted < settlingMs ? { why: 'it is coming up by itself', inMs: closeLookEveryMs } : undefined;
  if (lasted >= warmUpMs) return undefined;
  const why = `wrong for ${Math.round(lasted / 1000)} s; acting when it has lasted ${warmUpMs / 1000} s`;
  return { why, inMs: Math.min(warmUpMs - lasted, closeLookEveryMs) };
}

function isCalledLately({ escalation }: Incident, { at }: Sight, settings: WatchSettings): boolean {
  return escalation !== undefined && at - escalation.at < settings.longestCoolDownMs;
}

/** The same trouble is tried once more after the longest pause: a person may have mended it half. */
function calledFor(incident: Incident, sight: Sight, settings: WatchSettings): boolean {
  return incident.escalation?.trouble === sight.trouble && isCalledLately(incident, sight, settings);
}

/**
 * Decides what follows from one look: nothing, another look soon, a recovery, a call for a person, or the end of an
 * incident. Pure. It holds back on purpose: a stack that was usable is given time to come back by itself, one that was
 * brought back is watched before that is believed, and what does not help is repeated ever more slowly and not for ever.
 */
export function judge(before: Incident | undefined, sight: Sight, settings: WatchSettings): Judged {
  if (sight.health === 'usable')
    return before === undefined
      ? { incident: undefined, decision: { act: 'rest' } }
      : whileUsable(before, sight, settings);
  const incident = inTrouble(before, sight);
  const wait = patience(incident, sight, settings);
  if (wait !== undefined) return { incident, decision: { act: 'wait', ...wait } };
  const isToldNow = !isFreshStart(sight) || !isCalledLately(incident, sight, settings);
  const reason = isToldNow ? (tooLong(incident, sight, settings) ?? enough(incident, settings)) : undefined;
  if (reason !== undefined) return called(incident, sight, reason);
  return { incident, decision: { act: 'recover', why: sight.trouble } };
}

const minutes = (ms: number) => `${Math.round(ms / 60_000)} minutes`;

/** A person is called for what nobody can see and for what does not end, once and then as rarely as for anything else. */
function tooLong(
  { troubleSince, escalation }: Incident,
  { at, health }: Sight,
  { blindMs, downMs }: WatchSettings,
): string | undefined {
  if (escalation !== undefined) return undefined;
  const lasted = at - (troubleSince ?? at);
  if (health === 'unknown' && lasted >= blindMs) return `nothing could be seen for ${minutes(lasted)}`;
  return lasted >= downMs ? `it has not been usable for ${minutes(lasted)}` : undefined;
}

/** Why a person is called instead of one more recovery; after a call the agent tries again, ever more rarely, and calls again. */
function enough(
  { failed, relapses, escalation }: Incident,
  settings: Pick<WatchSettings, 'attempts' | 'relapses'>,
): string | undefined {
  if (relapses >= settings.relapses && relapses > (escalation?.relapses ?? 0))
    return `it was brought back and broke again ${relapses} times`;
  return failed >= settings.attempts && failed > (escalation?.failed ?? 0)
    ? `${failed} recoveries did not bring it back`
    : undefined;
}

function called(incident: Incident, { trouble, at }: Pick<Sight, 'trouble' | 'at'>, reason: string): Judged {
  const { failed, relapses } = incident;
  const escalation = { reason, trouble, at, failed, relapses };
  return { incident: { ...incident, escalation }, decision: { act: 'call', reason } };
}

/** The pause after the nth try that did not last, ms. */
function pauseAfter(n: number, { coolDownMs, longestCoolDownMs }: WatchSettings): number {
  return n === 0 ? 0 : Math.min(coolDownMs * 2 ** (n - 1), longestCoolDownMs);
}

/** What follows from how a recovery ended. Pure. */
export function afterRecovery(before: Incident, ended: Ended, settings: WatchSettings): Judged {
  const { at, outcome, trouble } = ended;
  const decision: Decision = { act: 'wait', inMs: settings.closeLookEveryMs, why: 'a recovery has ended' };
  if (outcome === 'interrupted') return { incident: before, decision };
  const helped: Incident = { ...before, wasHelped: true };
  if (outcome === 'usable') {
    const notBefore = at + pauseAfter(before.relapses, settings);
    return { incident: { ...helped, usableSince: at, troubleSince: undefined, notBefore }, decision };
  }
  const failed = before.failed + 1;
  const incident = { ...helped, failed, notBefore: at + pauseAfter(failed, settings) };
  return outcome === 'needs-human' ? called(incident, ended, trouble) : { incident, decision };
}
