import type { Command } from 'commander';
import { expect, test } from 'vitest';

import { sections } from './commands.ts';
import { program } from './program.ts';

const root = program({ signal: new AbortController().signal, done: () => undefined });

/** What every command takes; those of `status`, which has none of its own. */
const common = root.commands.find((command) => command.name() === 'status')?.options ?? [];
const isCommon = new Set(common.map(({ flags }) => flags));

const optionLines = (options: Command['options'], indent: string): readonly string[] =>
  options.map(
    ({ flags, description, defaultValueDescription: usual }) =>
      `${indent}- \`${flags}\`: ${description}${usual === undefined ? '' : ` (default: ${usual})`}`,
  );

/** One command and those below it, a line each, with the options that only it has. */
function lines(command: Command, words: string): readonly string[] {
  const given = command.registeredArguments.map((argument) =>
    argument.required ? ` <${argument.name()}>` : ` [${argument.name()}]`,
  );
  const own = command.options.filter(({ flags }) => !isCommon.has(flags));
  return [
    `- \`${words} ${command.name()}${given.join('')}\`: ${command.description()}`,
    ...optionLines(own, '  '),
    ...command.commands.flatMap((member) => lines(member, `${words} ${command.name()}`)),
  ];
}

function page(): string {
  const bySection = sections.map(({ title, commands }) => {
    const members = commands.flatMap(({ name }) => {
      const command = root.commands.find((member) => member.name() === name.split(' ')[0]);
      return command === undefined ? [] : lines(command, 'rekindle');
    });
    return `## ${title.replace(/:$/, '')}\n\n${members.join('\n')}`;
  });
  return [
    '# Every command and option',
    'Made from the program itself (`src/cli/commands-page.test.ts`, which fails when this page is out of date, and writes it ' +
      'with `-u`). Examples of each: `rekindle COMMAND --help`. What the exit codes mean is in the [README](../README.md); ' +
      'where a command has a page of its own, that has them as well.',
    ...bySection,
    `## Options of every command\n\n${optionLines(common, '').join('\n')}`,
    'Not every command has a use for each of them.',
  ]
    .join('\n\n')
    .concat('\n');
}

test('the page of the commands says what the program has', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/commands.md');
});
