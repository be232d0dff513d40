import { existsSync } from 'node:fs';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, test, type TestContext } from 'vitest';

import { bundle } from '../../scripts/bundle.ts';
import { runningShop, startProgram, type Ended } from '../fakes/running-shop.ts';
import { skipWhen } from '../fakes/skip-when.ts';

/** Gives a program a terminal of its own; part of util-linux. */
const script = '/usr/bin/script';
const escape = '\u001B';
/** What moves the cursor or hides it: colours do neither. */
const moves = new RegExp(`${escape}\\[(\\?|\\d*[A-HJKST])`);

let release = '';
beforeAll(async () => {
  release = await bundle();
});

interface Terminal {
  readonly columns: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the release on a terminal of that width, in a shop whose door has to be opened first. */
async function onTerminal(
  context: TestContext,
  { columns, args = ['up'], env = {} }: Terminal,
): Promise<Ended> {
  skipWhen(context, existsSync(script) ? undefined : 'needs script, of util-linux');
  const shop = await runningShop({ isShunned: true });
  const command = `stty cols ${columns} rows 24; exec ${process.execPath} ${release} ${args.join(' ')}`;
  const environment = {
    ...shop.env,
    TERM: 'xterm',
    SHELL: '/bin/sh',
    ...env,
  };
  const program = [script, '--quiet', '--return', '--command', command, '/dev/null'] as const;
  return startProgram([], { cwd: shop.home, env: environment }, [...program]).ended;
}

/** The lines that the picture of the layers was drawn with. */
function drawn(text: string): readonly string[] {
  const lines = stripVTControlCharacters(text).split(/[\r\n]+/);
  return lines.filter((line) => /^\s*[✔✖○·⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /u.test(line));
}

describe('a terminal', () => {
  for (const columns of [20, 132]) {
    test(
      `of ${columns} columns is given no wider line of the picture`,
      { timeout: 60_000 },
      async (context) => {
        const { code, stdout } = await onTerminal(context, { columns });
        expect(code, stdout).toBe(0);
        const lines = drawn(stdout);
        expect(lines.length).toBeGreaterThan(8);
        for (const line of lines) expect(Array.from(line).length).toBeLessThan(columns);
        expect(lines.some((line) => line.includes('front door'))).toBe(true);
        expect(stdout).toContain('Usable.');
      },
    );
  }

  for (const columns of [0, 1]) {
    test(`of ${columns} columns is given plain lines`, { timeout: 60_000 }, async (context) => {
      const { code, stdout } = await onTerminal(context, { columns });
      expect(code, stdout).toBe(0);
      expect(stdout).not.toMatch(moves);
      expect(stdout).toContain('doing: reload-load-balancer');
      expect(stdout).toContain('Usable.');
    });

    test(`of ${columns} columns is given the help`, { timeout: 60_000 }, async (context) => {
      const { code, stdout } = await onTerminal(context, { columns, args: ['up', '--help'] });
      expect(code, stdout).toBe(0);
      expect(stdout).toContain('--timeout <time>');
    });
  }

  for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    test(
      `with ${Object.entries(env).join()} is given no escape code`,
      { timeout: 60_000 },
      async (context) => {
        const { code, stdout } = await onTerminal(context, { columns: 80, env });
        expect(code, stdout).toBe(0);
        expect(stdout).not.toContain(escape);
        expect(stdout).toContain('doing: reload-load-balancer');
      },
    );
  }
});

test(
  'a pipe gets no escape code, whatever the environment says about colours',
  { timeout: 60_000 },
  async () => {
    const shop = await runningShop({ isShunned: true });
    const env = { CI: 'true', FORCE_COLOR: '3', TERM: 'xterm-256color', COLUMNS: '1' };
    const { code, stdout, stderr } = await shop.start(['up', '-v'], env).ended;
    expect(code, stderr).toBe(0);
    expect(stdout + stderr).not.toContain(escape);
    expect(stderr).toContain('doing: reload-load-balancer');
  },
);
