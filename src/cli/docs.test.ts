import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { agentFileSchema } from '../agent-file/schema.ts';
import { faults } from '../faults/index.ts';
import { parseStackFile } from '../stack-file/parse.ts';
import { stackFileSchema } from '../stack-file/schema.ts';
import { program } from './program.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'examples/jewelry-shop/README.md',
  ...readdirSync(path.join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

const rekindle = program({ signal: new AbortController().signal, done: () => undefined });

/** Texts of a language, as it stands behind the fence. */
function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, of, body = '']) =>
    of === language ? [body] : [],
  );
}

/** The headings of a page as links name them. */
function headings(text: string): ReadonlySet<string> {
  const titles = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Command lines of this program that a page shows, without what a shell does with them. */
function commandLines(text: string): readonly string[] {
  const typed = blocks(text, 'sh').flatMap((block) => block.split('\n'));
  const quoted = [...text.matchAll(/`((?:sudo )?(?:rekindle|"\$\(command -v rekindle\)") [^`]+)`/g)].map(
    ([, line = '']) => line,
  );
  return [...typed, ...quoted].flatMap((line) => {
    const [, words] = /^(?:sudo )?(?:rekindle|"\$\(command -v rekindle\)") (.*)$/.exec(line.trim()) ?? [];
    return words === undefined ? [] : [words.replace(/\s*(?:#|>|\|\s).*$/, '')];
  });
}

/** What of a command line this program does not have; undefined: it has all of it. */
function unknownIn(line: string): string | undefined {
  const words = line.split(/\s+/);
  let command: Command = rekindle;
  for (const word of words) {
    const next = command.commands.find((member) => member.name() === word);
    if (next === undefined) break;
    command = next;
  }
  if (command === rekindle && /^[a-z]/.test(words[0] ?? '')) return words[0];
  const known = new Set(command.options.flatMap(({ short, long }) => [short, long]));
  return words
    .map((word) => /^--?[a-z][-a-z]*/.exec(word)?.[0])
    .find((flag) => flag !== undefined && flag !== '--help' && !known.has(flag));
}

describe.each(pages)('%s', (page) => {
  const text = read(page);

  test('shows commands and options that there are', () => {
    const wrong = commandLines(text).flatMap((line) => {
      const unknown = unknownIn(line);
      return unknown === undefined ? [] : [`${unknown} in: rekindle ${line}`];
    });
    expect(wrong).toEqual([]);
  });

  test('leads to files that there are', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, to = '']) =>
      path.join(path.dirname(page), to),
    );
    const named = [
      ...text.matchAll(/`((?:src|docs|deploy|bench|results|scripts|test|lab|examples)\/[\w./-]*\w)`/g),
    ].map(([, file = '']) => file);
    expect([...links, ...named].filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });

  test('leads to headings that there are', () => {
    const wrong = [...text.matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)].filter(([, to = '', anchor = '']) => {
      const target = to === '' ? page : path.join(path.dirname(page), to);
      return !headings(read(target)).has(anchor);
    });
    expect(wrong.map(([link]) => link)).toEqual([]);
  });

  test('names npm scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: object };
    const named = [...text.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('a line that this program does not understand would be found', () => {
  expect(unknownIn('heal --now')).toBe('heal');
  expect(unknownIn('backup restore --from-scratch')).toBe('--from-scratch');
  expect(unknownIn('backup restore --from-nothing --at DIR')).toBeUndefined();
});

test('every fault has its place in the table of symptoms', () => {
  const table = read('docs/symptoms.md');
  expect(faults.map(({ id }) => id).filter((id) => !table.includes(`\`${id}\``))).toEqual([]);
});

test('the example of agent.yaml is one, with all that there is', () => {
  const [example = ''] = blocks(read('docs/always-on.md'), 'yaml');
  const { notify, metrics, watch } = agentFileSchema.required().parse(parse(example));
  const { shape } = agentFileSchema;
  expect(Object.keys(notify).toSorted()).toEqual(Object.keys(shape.notify.unwrap().shape).toSorted());
  expect(Object.keys(metrics)).toEqual(Object.keys(shape.metrics.unwrap().shape));
  expect(Object.keys(watch).toSorted()).toEqual(Object.keys(shape.watch.unwrap().shape).toSorted());
});

test('the example of a stack file is one, with all that there is', () => {
  const [example = ''] = blocks(read('docs/stack-file.md'), 'yaml');
  const shown = Object.keys(parseStackFile(example, 'docs/stack-file.md').spec);
  expect(shown.toSorted()).toEqual(Object.keys(stackFileSchema.shape.spec.unwrap().shape).toSorted());
});
