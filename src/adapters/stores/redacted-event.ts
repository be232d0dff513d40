import type { JournalEvent } from '../../domain/journal-event.ts';

/**
 * Fields that name things: runs, steps, faults, Kubernetes objects. They never come from a Secret, and budgets and
 * cool-downs are kept by them, so a password that happens to be the name of an object must not change them.
 */
const nameFields: ReadonlySet<string> = new Set([
  'type',
  'run',
  'action',
  'command',
  'context',
  'version',
  'fault',
  'object',
  'layer',
  'kind',
  'name',
  'namespace',
  'uid',
  'step',
  'risk',
  'because',
  'guard',
  'causedBy',
  'acted',
  'verified',
  'id',
]);

/** The event with `redact` applied to every string in it, apart from names. */
export function redactedEvent(event: JournalEvent, redact: (text: string) => string): JournalEvent {
  return redactedValue(event, redact) as JournalEvent;
}

function redactedValue(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactedValue(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      const isName = nameFields.has(key) && (typeof field === 'string' || Array.isArray(field));
      return [key, isName ? (field as unknown) : redactedValue(field, redact)];
    }),
  );
}
