import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { defineCase, type RefusalCase } from './define-case.ts';

const up = ['up', '--json', '--context', 'rekindle', '--stack', 'examples/jewelry-shop/rekindle.yaml'];

/** B1-B9 and R7, as far as they need a cluster or the release itself. */
export const accidentCases: readonly RefusalCase[] = [
  defineCase({
    id: 'B1',
    title: 'a stack file with an unknown key and a wrong type: told at once, with path and line',
    expected: { exitCode: 64, says: /frontdor.*|stabilityWindow/s },
    needsWholeStack: false,
    run: async (site) => {
      const file = path.join(site.folder, 'bad.yaml');
      const head = 'apiVersion: rekindle.dev/v1alpha1\nkind: Stack\nmetadata: { name: shop }\n';
      await writeFile(file, `${head}spec:\n  frontdor: {}\n  policy: { stabilityWindow: [] }\n`);
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
    id: 'B7',
    title: 'SIGTERM while it works: exit 130, journal intact',
    expected: { exitCode: 130, says: /./s },
    needsWholeStack: true,
    run: (site) =>
      site.rekindle({
        args: up,
        meanwhile: (pid) => {
          process.kill(pid, 'SIGTERM');
          return Promise.resolve();
        },
      }),
  }),
  defineCase({
    id: 'R7a',
    title: 'another `up` is at work on this cluster',
    expected: { exitCode: 1, says: /another|at work/i },
    needsWholeStack: true,
    run: async (site) => {
      const second = Promise.withResolvers<Awaited<ReturnType<typeof site.rekindle>>>();
      const first = await site.rekindle({
        args: up,
        meanwhile: async () => {
          second.resolve(await site.rekindle({ args: up }));
        },
      });
      if (first.exitCode !== 0)
        throw new Error(`the first one ended with ${first.exitCode}: ${first.stderr}`);
      return second.promise;
    },
  }),
];
