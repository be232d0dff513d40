/**
 * Fields that name things: runs, steps, faults, Kubernetes objects. They never come from a Secret, and budgets and
 * cool-downs are kept by them, so a password that happens to be the name of an object must not change them.
 */
const nameFields: ReadonlySet<string> = new Set([
  'type',
  'run',
  'action',
  'command',
  'cluster',
  'context',
  'version',
  'fault',
  'object',
  'target',
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

/** The value with `redact` applied to every string in it, in any depth, apart from names. */
export function redactedFields<T>(value: T, redact: (text: string) => string): T {
  return redacted(value, redact) as T;
}

function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redacted(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      const isName = nameFields.has(key) && (typeof field === 'string' || Array.isArray(field));
      return [key, isName ? (field as unknown) : redacted(field, redact)];
    }),
  );
}
