import { expect, it } from 'vitest';

import { checkCases } from '../../../test/fakes/readiness-cases/all.ts';
import { reportOf, snapshotOf } from '../../../test/fakes/readiness.ts';
import { reportJson } from '../../readiness/format/json.ts';
import { commands } from '../commands.ts';

const names = new Set(commands.map(({ name }) => name));

/** Command lines of this program in everything that a reader is told to do. */
function told(): readonly string[] {
  const reports = Object.values(checkCases).flatMap((own) =>
    own.map(({ objects, snapshot }) =>
      reportJson(reportOf(objects, { snapshot: snapshotOf(objects, snapshot) })),
    ),
  );
  const texts = reports.flatMap(({ findings, production, limitations, first }) =>
    [
      findings.flatMap(({ advice }) => [advice.say, advice.note, advice.command]),
      production.flatMap(({ next, command }) => [next, command]),
      limitations.map(({ wayOut }) => wayOut),
      first.map(({ say }) => say),
      first.flatMap(({ commands: lines }) => lines),
    ].flat(),
  );
  return texts.flatMap((text) =>
    [...(text ?? '').matchAll(/\brekindle ([a-z-]+)/g)].map(([, name = '']) => name),
  );
}

it('tells nobody to run a command that this program does not have', () => {
  const found = [...new Set(told())].sort();
  expect(found).toContain('backup');
  expect(found.filter((name) => !names.has(name))).toEqual([]);
});
