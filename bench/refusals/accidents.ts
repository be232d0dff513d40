import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { boundaryEnv } from '../rig/boundary.ts';
import { defineCase, type Ended, type RefusalCase } from './define-case.ts';
import { exampleTarget } from './example-target.ts';
import { untilStopped } from './state-of-process.ts';

const up = ['up', '--json', ...exampleTarget];

const component = (name: string, on: string) =>
  `    - { ref: { kind: Deployment, name: ${name} }, dependsOn: [Deployment/${on}] }\n`;

/** B1, B5 and R7: input and journals that cannot be used, and somebody else at work. */
export const accidentCases: readonly RefusalCase[] = [
  defineCase({
    id: 'B1',
    title:
      'a stack file with an unknown key, a wrong type and a circle: all told at once, with path and line',
    expected: {
      exitCode: 64,
      says: /Correct these 3 .*line 5: spec: unknown key "frontdor".*line 6: spec\.policy\.stabilityWindow.*line 9: spec\.components: dependsOn goes in a circle/s,
    },
    needsWholeStack: false,
    run: async (site) => {
      const file = path.join(site.folder, 'bad.yaml');
      const head = 'apiVersion: rekindle.dev/v1alpha1\nkind: Stack\nmetadata: { name: shop }\n';
      const circle = `  components:\n${component('django', 'nginx')}${component('nginx', 'django')}`;
      await writeFile(file, `${head}spec:\n  frontdor: {}\n  policy: { stabilityWindow: [] }\n${circle}`);
      return site.rekindle({ args: ['up', '--json', '--stack', file] });
    },
  }),
  defineCase({
    id: 'B5a',
    title: 'the journal is a folder: nothing is done without it',
    expected: { exitCode: 2, says: /journal/i },
    needsWholeStack: false,
    run: async (site) => {
      const file = path.join(site.folder, 'journal.db');
      await mkdir(file);
      return site.rekindle({ args: [...up, '--journal', file] });
    },
  }),
  defineCase({
    id: 'B5b',
    title: 'the journal is no database',
    expected: { exitCode: 2, says: /journal/i },
    needsWholeStack: false,
    run: async (site) => {
      const file = path.join(site.folder, 'journal.db');
      await writeFile(file, 'x'.repeat(10_000));
      await chmod(file, 0o600);
      return site.rekindle({ args: [...up, '--journal', file] });
    },
  }),
  defineCase({
    id: 'R7a',
    title: 'another `up` is at work on this cluster',
    expected: { exitCode: 1, says: /Another rekindle is at work on this cluster: process \d+/ },
    needsWholeStack: true,
    run: async (site) => {
      // The first one stops itself while it holds the lock: by chance alone the second might come too late.
      const boundary = { side: 'after', event: 'run-started', nth: 1 } as const;
      const second = Promise.withResolvers<Ended>();
      const first = await site.rekindle({
        args: up,
        env: boundaryEnv(boundary, { do: 'signal', signal: 'SIGSTOP' }),
        meanwhile: async (pid) => {
          await untilStopped(pid, 120);
          second.resolve(await site.rekindle({ args: up }));
          process.kill(pid, 'SIGCONT');
        },
      });
      if (first.exitCode !== 0)
        throw new Error(`the first one ended with ${first.exitCode}: ${first.stderr}`);
      return second.promise;
    },
  }),
];
