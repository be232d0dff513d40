import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { refText } from '../../domain/object-ref.ts';
import { checkCases } from '../../../test/fakes/readiness-cases/all.ts';
import { snapshotOf } from '../../../test/fakes/readiness.ts';
import { quietCases } from '../../../test/fakes/readiness-cases/quiet.ts';
import { object as written, workload } from '../../../test/fakes/readiness-objects.ts';
import { soundShop, withObject } from '../../../test/fakes/sound-shop.ts';
import { isAtLeast } from '../finding.ts';
import { runChecks } from '../run-checks.ts';
import type { Snapshot } from '../world/snapshot.ts';
import { worldOf } from '../world/world.ts';
import { readinessChecks } from './index.ts';

const all = (snapshot: Snapshot) => runChecks(snapshot, worldOf(snapshot));

describe('the registry', () => {
  it('lists every file of the folder, by its name', () => {
    const files = readdirSync(import.meta.dirname)
      .filter((name) => name !== 'index.ts' && !name.endsWith('.test.ts'))
      .map((name) => name.replace(/\.ts$/, ''));
    expect(readinessChecks.map(({ id }) => id)).toEqual(files.sort());
  });

  it('has a case for every check, and no other', () => {
    expect(Object.keys(checkCases).sort()).toEqual(readinessChecks.map(({ id }) => id).sort());
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

describe.each(Object.entries(quietCases))('%s, quiet', (id, own) => {
  it.each(own)('says nothing of: $what', ({ objects, snapshot }) => {
    const found = all(snapshotOf(objects, snapshot)).find(({ check }) => check.id === id);
    expect(found).toMatchObject({ findings: [], couldNotLook: false });
  });
});

it('judges pods that an operator’s resource makes: nothing above them is read', () => {
  const owned = written('Pod', 'pg-1', {
    metadata: { ownerReferences: [{ kind: 'Cluster', name: 'pg', controller: true }] },
    spec: { containers: [{ name: 'main', image: 'registry.example/pg' }] },
  });
  const found = all(snapshotOf(withObject(owned))).find(({ check }) => check.id === 'image-not-pinned');
  expect(found?.findings.map(({ object }) => refText(object))).toEqual(['Pod shop/pg-1']);
  expect(found?.findings[0]?.advice.note).toContain('Cluster pg');
});

it('names no command that the API would refuse: a Job cannot be changed', () => {
  const job = written('Job', 'once', {
    spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'x' }] } } },
  });
  const found = all(snapshotOf(withObject(job))).find(({ check }) => check.id === 'image-not-pinned');
  expect(found?.findings[0]?.advice).toEqual({
    say: 'Name a version, better a digest.',
    note: 'A Job cannot be changed: change its file and make it anew.',
  });
});

it('repeats no argument of a probe’s command, and nothing that follows its path', () => {
  const secret = 'nobody-may-see-this';
  const asks = [
    { exec: { command: ['redis-cli', '-a', secret, 'ping'] } },
    { httpGet: { path: `/health?token=${secret}`, port: 80 } },
  ];
  for (const ask of asks) {
    const container = { livenessProbe: ask, readinessProbe: ask, startupProbe: null };
    const told = all(snapshotOf(withObject(workload('Deployment', 'web', { container }))));
    expect(told.flatMap(({ findings }) => findings.map(({ check }) => check))).toContain('probes-identical');
    expect(JSON.stringify(told)).not.toContain(secret);
  }
});

describe.each(Object.entries(checkCases))('%s', (id, own) => {
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
