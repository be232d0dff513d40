import { refText } from '../domain/object-ref.ts';
import { plainLine } from '../domain/plain-text.ts';
import type { LeftOut } from './choose.ts';
import type { Comparison } from './compare-folder.ts';
import type { Difference } from './compare.ts';
import type { Export } from './make-export.ts';
import type { Missing } from './snapshot.ts';

const lines = (items: readonly string[]) => items.map((item) => `  ${item}`);

const block = (title: string, items: readonly string[]) =>
  items.length === 0 ? [] : [title, ...lines(items)];

/** Rights are what is missing as a rule: then one line says where they are. */
function missingTexts(missing: readonly Missing[]): readonly string[] {
  const isForbidden = missing.some(({ why }) => why.includes('forbidden'));
  const next = isForbidden ? ['deploy/rbac/rekindle-export.yaml has the rights to read all of it.'] : [];
  return [...missing.map(({ what, why }) => `${what}: ${why}`), ...next];
}

const count = (items: readonly unknown[], one: string) =>
  `${items.length} ${one}${items.length === 1 ? '' : 's'}`;

/** Kinds with how many of each, and one of the reasons: nobody wants to read the names of thirty pods. */
function byKind(leftOut: readonly LeftOut[]): readonly string[] {
  const kinds = Map.groupBy(leftOut, ({ object, reason }) => `${object.kind}\u0000${reason}`);
  return [...kinds.values()].map((all) => {
    const [first] = all;
    const { object, why } = first as LeftOut;
    return all.length === 1
      ? `${refText(object)}: ${why}`
      : `${object.kind} (${all.length}): ${why}, and so on`;
  });
}

/** Names by kind: `Deployment  django, nginx`. */
function named({ exported, namespace }: Export): readonly string[] {
  const kinds = Map.groupBy(exported, ({ object }) => object.split(' ', 1)[0] ?? '');
  const width = Math.max(...[...kinds.keys()].map((kind) => kind.length));
  return [...kinds].map(([kind, all]) => {
    const names = all.map(({ object }) => object.slice(kind.length + 1).replace(`${namespace}/`, ''));
    return `${kind.padEnd(width)}  ${names.join(', ')}`;
  });
}

/** What an export holds, what it does not and why. */
export function exportText(made: Export): string {
  const { namespace, exported, leftOut, missing, decisions } = made;
  const of = (comes: LeftOut['comes']) => leftOut.filter((one) => one.comes === comes);
  return [
    `The stack of namespace ${namespace}: ${count(exported, 'object')}.`,
    ...lines(named(made)),
    ...block(
      'Left out; it comes back by itself or belongs to something else:',
      byKind([...of('anew'), ...of('not-ours')]),
    ),
    ...block(
      'Left out, and does not come back by itself:',
      of('by-hand').map(({ object, why }) => `${refText(object)}: ${why}`),
    ),
    ...block(
      'Fits this cluster and stays as it is; only you know what another one needs:',
      decisions.map(({ object, what }) => `${object}: ${what}`),
    ),
    ...block('NOT COMPLETE. Could not be read, and is not in it:', missingTexts(missing)),
  ].join('\n');
}

/** Values are shown as JSON, short. */
const longestValue = 160;

function shown(value: unknown): string {
  return value === undefined ? 'not there' : plainLine(JSON.stringify(value), longestValue);
}

function differenceText({ path, left, right }: Difference): string {
  if (path === '') return left === undefined ? 'in the folder only' : 'in the cluster only';
  return `${path}: ${shown(left)} in the cluster, ${shown(right)} in the folder`;
}

/** What a comparison has found. */
export function comparisonText({ differences, compared, missing, hasSecrets }: Comparison): string {
  const objects = Map.groupBy(differences, ({ object }) => object);
  const secrets = hasSecrets
    ? 'Of Secrets the type and the names of the values were compared, not the values.'
    : 'Secrets are not in the folder and were not compared.';
  const told = [...objects].flatMap(([object, all]) => [object].concat(lines(all.map(differenceText))));
  const verdict =
    differences.length > 0
      ? `Different: ${objects.size === 1 ? '1 object' : `${objects.size} objects`}.`
      : missing.length > 0
        ? 'No difference was found, but not everything could be told.'
        : `The same: all ${compared} objects.`;
  return [
    verdict,
    ...told,
    secrets,
    ...block('Could not be read, so that nothing can be told about it:', missingTexts(missing)),
  ].join('\n');
}
