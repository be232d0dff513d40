import { expect, it } from 'vitest';

import { checkCases } from '../../../test/fakes/readiness-cases/all.ts';
import { workload } from '../../../test/fakes/readiness-objects.ts';
import { reportOf, snapshotOf } from '../../../test/fakes/readiness.ts';
import { withObject } from '../../../test/fakes/sound-shop.ts';
import { reportJson } from '../../readiness/format/json.ts';
import { sections } from '../commands.ts';

const names = new Set(sections.flatMap(({ commands }) => commands.map(({ name }) => name)));

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

it.each(['probe-proves-little', 'probe-redirected', 'disruption-budget-blocks'])(
  'has the patches of harden written for %s: what others have set --apply would not change',
  (id) => {
    const advised = (checkCases[id] ?? []).flatMap(({ objects, snapshot }) =>
      reportOf(objects, { snapshot: snapshotOf(objects, snapshot) })
        .checked.filter(({ check }) => check.id === id)
        .flatMap(({ findings }) => findings.map(({ advice }) => advice.command)),
    );
    expect(advised.length).toBeGreaterThan(0);
    for (const command of advised) expect(command).toMatch(/^rekindle harden --output (\.\/\S+) --only \S+$/);
  },
);

it('sends nobody to harden for what it does not judge', () => {
  const container = { readinessProbe: { tcpSocket: { port: 80 } } };
  const { checked } = reportOf(withObject(workload('DaemonSet', 'logs', { container })));
  const found = checked.find(({ check }) => check.id === 'probe-proves-little');
  expect(found?.findings.map(({ advice }) => advice.command)).toEqual([undefined]);
});

it('tells nobody to run a command that this program does not have', () => {
  const found = [...new Set(told())].sort();
  expect(found).toContain('backup');
  expect(found.filter((name) => !names.has(name))).toEqual([]);
});
