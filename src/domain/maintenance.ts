import { dateTime } from './time-stamp.ts';

/** Written by a person on an object that is to be left alone: until when (RFC 3339), or why. */
export const maintenanceAnnotation = 'rekindle.dev/maintenance';

/** An object that somebody wants to be left alone. */
export interface MaintenanceMark {
  readonly kind: string;
  readonly name: string;
  /** What the annotation says. */
  readonly text: string;
}

/** What could be seen of the wishes on what stands above single pods. */
export interface MaintenanceFacts {
  readonly marks: readonly MaintenanceMark[];
  /** Objects that this user may not read, and the API's words: whether they are marked nobody can say. */
  readonly forbidden: readonly { readonly object: string; readonly why: string }[];
}

/** What the annotation says; undefined when there is none or it is empty. */
export function maintenanceText(
  annotations: Readonly<Record<string, string>> | undefined,
): string | undefined {
  const text = annotations?.[maintenanceAnnotation]?.trim();
  return text === undefined || text === '' ? undefined : text;
}

/** Whether and how long it holds at `now` (ms since the epoch), in words; undefined: its time is over. */
export function maintenanceNow(text: string, now: number): string | undefined {
  const until = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(until)) return `until the annotation is removed (${text})`;
  return until > now ? `until ${dateTime(until)}` : undefined;
}
