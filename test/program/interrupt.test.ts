import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../fakes/temporary-folder.ts';

/** Gives a program a terminal of its own; part of util-linux. */
const script = '/usr/bin/script';
const hidden = '\u001B[?25l';
const shown = '\u001B[?25h';

test.skipIf(!existsSync(script))(
  'Ctrl-C in a terminal ends with 130 and a visible cursor',
  { timeout: 30_000 },
  async () => {
    const home = temporaryFolder();
    const cluster = "{ name: k3d-shop, cluster: { server: 'https://127.0.0.1:1' } }";
    const context = '{ name: k3d-shop, context: { cluster: k3d-shop, user: admin } }';
    writeFileSync(join(home, 'kubeconfig'), `clusters: [${cluster}]\nusers: []\ncontexts: [${context}]\n`);
    // A terminal that knows no width gets plain lines, and no cursor is hidden.
    const command = `stty cols 80 rows 24; ${process.execPath} ${join(import.meta.dirname, '../../src/cli/main.ts')} up`;
    const child = spawn(script, ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: home,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        KUBECONFIG: join(home, 'kubeconfig'),
        DOCKER_HOST: `unix://${join(home, 'docker.sock')}`,
        TERM: 'xterm',
        SHELL: '/bin/sh',
      },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (!output.includes(hidden) && chunk.includes(hidden)) child.stdin.write('\u0003');
      output += chunk.toString();
    });

    const [code] = (await once(child, 'exit')) as [number];

    expect(output).toContain(hidden);
    expect(output.lastIndexOf(shown)).toBeGreaterThan(output.lastIndexOf(hidden));
    expect(output).toContain('interrupted by SIGINT');
    expect(code).toBe(130);
  },
);
