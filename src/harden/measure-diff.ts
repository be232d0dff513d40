import { stringify } from 'yaml';

import { refText } from '../domain/object-ref.ts';
import type { Fields } from './fields/fields.ts';
import { mergeFields, projectFields } from './fields/merge-fields.ts';
import type { Measure } from './measure.ts';
import { identityOf } from './plan-hardening.ts';
import { unifiedDiff } from './unified-diff.ts';

/** Long lines are not broken: a diff compares lines. */
const yaml = (value: unknown) => stringify(value, { lineWidth: 0 });

/**
 * What a measure changes, as a unified diff of the fields that it touches and of nothing else: an object may hold secrets
 * in others. Empty for a measure that changes no object.
 */
export function measureDiff({ object, change }: Measure, base: Fields | undefined): string {
  const name = refText(object);
  if (change.by === 'engine')
    return unifiedDiff(`restart: ${change.before}\n`, `restart: ${change.policy}\n`, {
      from: name,
      to: name,
    });
  if (change.by !== 'patch') return '';
  const { patch } = change;
  const identity = identityOf(object);
  const text = (fields: Fields | undefined) =>
    fields === undefined ? '' : yaml({ ...identity, ...projectFields(fields, patch) });
  const after = mergeFields(base ?? identity, patch);
  return unifiedDiff(text(base), text(after), { from: `${name} (as it is)`, to: `${name} (hardened)` });
}
