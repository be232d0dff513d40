import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { refText } from '../../domain/object-ref.ts';
import { clusterCases } from '../../../test/fakes/readiness-cases/cluster.ts';
import { networkCases } from '../../../test/fakes/readiness-cases/network.ts';
import { referenceCases } from '../../../test/fakes/readiness-cases/references.ts';
import type { CheckCases } from '../../../test/fakes/readiness-cases/case.ts';
import { containerCases } from '../../../test/fakes/readiness-cases/containers.ts';
import { workloadCases } from '../../../test/fakes/readiness-cases/workloads.ts';
import { snapshotOf } from '../../../test/fakes/readiness.ts';
import { workload } from '../../../test/fakes/readiness-objects.ts';
import { soundShop, withObject } from '../../../test/fakes/sound-shop.ts';
import { isAtLeast } from '../finding.ts';
import { runChecks } from '../run-checks.ts';
import type { Snapshot } from '../world/snapshot.ts';
import { worldOf } from '../world/world.ts';
import { readinessChecks } from './index.ts';

const cases: CheckCases = {
  ...containerCases,
  ...workloadCases,
  ...networkCases,
  ...referenceCases,
  ...clusterCases,
};

const all = (snapshot: Snapshot) => runChecks(snapshot, worldOf(snapshot));

describe('the registry', () => {
  it('lists every file of the folder, by its name', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((name) => name !== 'index.ts' && !name.endsWith('.test.ts'))
      .map((name) => name.replace(/\.ts$/, ''));
    expect(readinessChecks.map(({ id }) => id)).toEqual(files.sort());
  });

  it('has a case for every check, and no other', () => {
    expect(Object.keys(cases).sort()).toEqual(readinessChecks.map(({ id }) => id).sort());
  });

  it.each(readinessChecks)(
    '$id says what it costs, who says so, and in sentences',
    ({ title, why, source }) => {
      expect(why).toMatch(/\.$/);
      expect(title).not.toMatch(/\.$/);
      expect(source).toMatch(/^https:\/\//);
    },
  );
});

it('has nothing to say against a sound stack', () => {
  const checked = all(snapshotOf(soundShop()));
  expect(
    checked.flatMap(({ findings }) =>
      findings.map(({ check, object, claim }) => [check, refText(object), claim]),
    ),
  ).toEqual([]);
  expect(checked.filter(({ notJudged }) => notJudged !== undefined)).toEqual([]);
});

it('takes any other kind of volume for one that keeps data', () => {
  const pod = { volumes: [{ name: 'd', cinder: { volumeID: 'x' } }] };
  const objects = withObject(workload('Deployment', 'web', { pod, container: { image: 'mysql:8' } }));
  const found = all(snapshotOf(objects)).find(({ check }) => check.id === 'no-volume-for-data');
  expect(found?.findings).toEqual([]);
});

describe.each(Object.entries(cases))('%s', (id, own) => {
  it.each(own)('finds: $what', ({ objects, names, severity, snapshot }) => {
    const found = all(snapshotOf(objects, snapshot)).find(({ check }) => check.id === id);
    const told = (found?.findings ?? []).map(({ object, severity: level }) => [refText(object), level]);
    expect(told).toContainEqual([names, severity]);
    for (const finding of found?.findings ?? []) {
      expect(finding.evidence.length).toBeGreaterThan(0);
      expect(finding.claim).toMatch(/[.!]$/);
      expect(finding.advice.say).not.toBe('');
      // `--fail-on` asks the check, not the finding, whether it might have found something as bad.
      expect(isAtLeast(found?.check.severity ?? 'info', finding.severity)).toBe(true);
    }
  });
});
