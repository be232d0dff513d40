import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';

import { program } from './program.ts';

/** Columns of the terminal in which everybody reads. */
const columns = 80;

const ending = { signal: new AbortController().signal, done: () => undefined };

/** Every command with its words, `rekindle` first. */
function all(command: Command, words: readonly string[]): readonly (readonly [string, Command])[] {
  return [
    [words.join(' '), command] as const,
    ...command.commands.flatMap((member) => all(member, [...words, member.name()])),
  ];
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => columns });
  command.outputHelp();
  return text;
}

const commands = all(program(ending), ['rekindle']);
const runnable = commands.filter(([, command]) => command.commands.length === 0);

describe.each(commands)('the help of %s', (words, command) => {
  const lines = helpOf(command).split('\n');

  test('fits a terminal', () => {
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  });

  test('says what it is for, and what to type next', () => {
    expect(lines[0]).toMatch(new RegExp(`^Usage: ${words} `));
    expect(command.description()).not.toBe('');
    expect(lines.join('\n')).toMatch(/Examples?:|--help\b.*\n|Begin with/);
  });
});

/** The words of an example up to the first that is no command. */
function commandOf(line: string): Command {
  const words = line
    .replace(/^sudo /, '')
    .split(' ')
    .slice(1);
  let command = program(ending);
  for (const word of words) {
    const next = command.commands.find((member) => member.name() === word);
    if (next === undefined) break;
    command = next;
  }
  return command;
}

test.each(runnable)('the examples of %s are of this command, with options that it has', (words, command) => {
  const examples = helpOf(command)
    .split('\n')
    .filter((line) => /^ {2}(?:sudo )?rekindle /.test(line))
    .map((line) => line.trim());
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    const [line = ''] = example.split(/ {2,}/);
    expect(commandOf(line).name()).toBe(words.split(' ').at(-1));
    for (const [flag] of line.matchAll(/(?<= )--?[a-z][-a-z]*/g))
      expect(
        command.options.some(({ short, long }) => flag === short || flag === long),
        flag,
      ).toBe(true);
  }
});
