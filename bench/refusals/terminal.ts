import { stripVTControlCharacters } from 'node:util';

import { defineCase, type Ended, type RefusalCase, type RunOptions, type Site } from './define-case.ts';
import { exampleTarget } from './example-target.ts';
import { expectNoCrash } from './nothing-lost.ts';

const up = ['up', ...exampleTarget];
const escape = '\u001B';

const quoted = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** A terminal of that width; what is written to it comes out of `script` (util-linux). */
function terminal(columns: number): Pick<RunOptions, 'through'> {
  return {
    through: (argv) => {
      const command = `stty cols ${columns} rows 24; exec ${argv.map(quoted).join(' ')}`;
      return ['script', '--quiet', '--return', '--command', command, '/dev/null'];
    },
  };
}

/** The lines with which the layers were drawn. */
function drawn(text: string): readonly string[] {
  return stripVTControlCharacters(text)
    .split(/[\r\n]+/)
    .filter((line) => /^\s*[✔✖○·⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /u.test(line));
}

async function narrow(site: Site, columns: number): Promise<Ended> {
  const ended = await site.rekindle({
    args: up,
    env: { TERM: 'xterm', SHELL: '/bin/sh' },
    ...terminal(columns),
  });
  expectNoCrash(ended);
  const lines = drawn(ended.stdout);
  const wide = lines.filter((line) => Array.from(line).length >= columns);
  if (wide.length > 0) throw new Error(`wider than ${columns} columns: ${wide[0]}`);
  if (columns >= 20 && lines.length < 8) throw new Error('no picture was drawn');
  return ended;
}

async function withoutEscapes(site: Site, options: RunOptions): Promise<Ended> {
  const ended = await site.rekindle(options);
  expectNoCrash(ended);
  if (`${ended.stdout}${ended.stderr}`.includes(escape)) throw new Error('there is an escape code in it');
  return ended;
}

/** B6: terminals that are narrow, dumb or none. */
export const terminalCases: readonly RefusalCase[] = [
  defineCase({
    id: 'B6a',
    title: 'a terminal of 20 columns: every line of the picture fits',
    expected: { exitCode: 0, says: /Usable\./, writes: 'any' },
    needsWholeStack: true,
    run: (site) => narrow(site, 20),
  }),
  defineCase({
    id: 'B6b',
    title: 'a terminal of 1 column, and one that knows no width: plain lines',
    expected: { exitCode: 0, says: /Usable\./, writes: 'any' },
    needsWholeStack: true,
    run: async (site) => {
      for (const columns of [1, 0]) {
        const env = { TERM: 'xterm', SHELL: '/bin/sh' };
        const ended = await site.rekindle({ args: up, env, ...terminal(columns) });
        expectNoCrash(ended);
        if (ended.stdout.includes(`${escape}[?25l`)) throw new Error('the cursor was hidden');
        if (columns === 0) return ended;
      }
      throw new Error('there is no width');
    },
  }),
  defineCase({
    id: 'B6c',
    title: 'no terminal, NO_COLOR, TERM=dumb: no escape code',
    expected: { exitCode: 0, says: /Usable\./, writes: 'any' },
    needsWholeStack: true,
    run: async (site) => {
      const shell = { SHELL: '/bin/sh' };
      await withoutEscapes(site, { args: [...up, '-v'], env: { CI: '1', FORCE_COLOR: '3', TERM: 'xterm' } });
      await withoutEscapes(site, { args: up, env: { ...shell, TERM: 'dumb' }, ...terminal(80) });
      return withoutEscapes(site, {
        args: up,
        env: { ...shell, TERM: 'xterm', NO_COLOR: '1' },
        ...terminal(80),
      });
    },
  }),
];
