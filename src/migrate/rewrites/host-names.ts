import { pathText, type Bench, type Fill } from '../bench.ts';
import type { Rule } from '../rule.ts';
import { mentionsOf, type Mention } from './mentions.ts';

const id = 'host-names';

/** Names that only this machine's hosts file or a public helper resolves; `cluster.local` is the cluster's own and stays. */
const localName =
  /(?<![\w.-])(?:[a-z0-9-]+\.)+(?:local|localhost|test|lan|home|(?:\d{1,3}[.-]){4}(?:nip|sslip)\.io|nip\.io|sslip\.io)(?![\w.-])/gi;

const isClusterName = (name: string) => /\.(svc|pod)\.[a-z0-9-]+\.local$|(^|\.)cluster\.local$/i.test(name);

/** The local names in a text, each once. */
export function localNames(text: string): readonly string[] {
  return [...new Set([...text.matchAll(localName)].map(([name]) => name))].filter(
    (name) => !isClusterName(name),
  );
}

/** Where in the value the name stands alone, so that a build can put another one there. */
function partOf(text: string, name: string): Fill['part'] | 'whole' | undefined {
  if (text === name) return 'whole';
  const url = text.split('/');
  const inUrl = url.findIndex((part) => part === name || part.replace(/:\d+$/, '') === name);
  if (/^https?:\/\//.test(text) && inUrl === 2) return { delimiter: '/', index: 2 };
  const list = text.split(',');
  const inList = list.indexOf(name);
  return inList === -1 ? undefined : { delimiter: ',', index: inList };
}

function rewrite(bench: Bench, { object, path, text, isWhole }: Mention): void {
  const names = localNames(text);
  if (names.length === 0) return;
  const [name = ''] = names;
  const part = isWhole && names.length === 1 ? partOf(text, name) : undefined;
  if (part === undefined) {
    bench.task(
      id,
      object,
      `${pathText(path)} has ${names.join(', ')}, which only this machine resolves.`,
      'Put the name of the target’s domain there, in the overlay.',
    );
    return;
  }
  const why = `${name} is in the hosts file of this machine only; customers will use the domain.`;
  // The edit is what the build replaces anyway: it makes the row of the table, and the test of the old value in the patch.
  const wanted = part === 'whole' ? 'DOMAIN' : replaced(text, part, 'DOMAIN');
  bench.set(object, path, wanted, { rule: id, why });
  bench.fill('DOMAIN', object, path, part === 'whole' ? undefined : part);
}

function replaced(text: string, { delimiter, index }: NonNullable<Fill['part']>, by: string): string {
  return text
    .split(delimiter)
    .map((word, place) => (place === index ? by : word))
    .join(delimiter);
}

/** Host names that end at this machine. */
export const hostNames: Rule = {
  id,
  looksFor:
    '*.local, *.localhost, *.test, nip.io and sslip.io names in environment, arguments and ConfigMaps',
  run: (bench) => {
    for (const mention of mentionsOf(bench)) rewrite(bench, mention);
  },
};
