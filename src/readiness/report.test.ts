import { describe, expect, it } from 'vitest';

import { couldNotLook, saw } from '../domain/looked.ts';
import type { HttpLook } from '../harden/inventory.ts';
import { reportOf, smallShop, snapshotOf } from '../../test/fakes/readiness.ts';
import { now } from '../../test/fakes/readiness-objects.ts';
import { changed, soundShop } from '../../test/fakes/sound-shop.ts';
import { passed } from './format/outline.ts';
import { exitCodeFor, groupsOf, type ReadinessReport } from './report.ts';

/** Without the questions about production, which have tests of their own. */
const alone = (report: ReadinessReport): ReadinessReport => ({ ...report, production: [] });
const sound = (changes: Parameters<typeof reportOf>[1] = {}) => alone(reportOf(soundShop(), changes));
const low = alone(reportOf(changed('Service', 'web', { spec: { type: 'NodePort' } })));

function blind(kind: 'ResourceQuota' | 'LimitRange' | 'NetworkPolicy') {
  const snapshot = snapshotOf(soundShop());
  const objects = { ...snapshot.objects, [kind]: couldNotLook<never[]>('forbidden', kind, now) };
  return sound({ snapshot: { ...snapshot, objects } });
}

describe('--fail-on', () => {
  it('is 0 below the level and 1 at it or above', () => {
    expect(exitCodeFor(sound(), 'info')).toBe(0);
    expect(exitCodeFor(low, 'medium')).toBe(0);
    expect(exitCodeFor(low, 'low')).toBe(1);
    expect(exitCodeFor(low, 'info')).toBe(1);
  });

  it('is 2 when a check that gives this level could not look', () => {
    expect(exitCodeFor(blind('ResourceQuota'), 'high')).toBe(2);
    // Of policies of the network nothing worse than medium is told: that one was written in an old version.
    expect(exitCodeFor(blind('NetworkPolicy'), 'high')).toBe(0);
    expect(exitCodeFor(blind('NetworkPolicy'), 'medium')).toBe(2);
  });

  it('judges the workloads that were read when another kind of them could not be, and is 2 all the same', () => {
    const snapshot = snapshotOf(changed('Deployment', 'web', { spec: { revisionHistoryLimit: 0 } }));
    const objects = { ...snapshot.objects, DaemonSet: couldNotLook<never[]>('forbidden', 'daemonsets', now) };
    const report = sound({ snapshot: { ...snapshot, objects } });
    const entry = report.checked.find(({ check }) => check.id === 'no-way-back');
    expect(entry).toMatchObject({ couldNotLook: true, unseen: 'daemonsets: forbidden' });
    expect(entry?.findings).toHaveLength(1);
    expect(exitCodeFor(report, 'high')).toBe(2);
    expect(report.notChecked.map(({ what }) => what)).toContain('Check no-way-back, in part');
    // What judges all workloads together has nothing to say: an absence would be a guess.
    expect(report.checked.find(({ check }) => check.id === 'service-without-pods')).toMatchObject({
      findings: [],
      couldNotLook: true,
    });
  });

  it('is 2 when a probe could not be asked that the check would judge, and says which and why', () => {
    const web = 'Deployment shop/web';
    const silent = couldNotLook<HttpLook>('socket hang up', 'GET /ready of web-1', now);
    const answers = saw([{ workload: web, container: 'main', answer: silent }], 'probes', now);
    const report = sound({ snapshot: snapshotOf(soundShop(), { answers }) });
    const what = 'Check probe-redirected, in part';
    const entry = report.notChecked.find((one) => one.what === what);
    expect(entry?.why.split('; ')).toEqual([
      `readiness probe of main, ${web}: socket hang up`,
      expect.stringMatching(/^readiness probe of main, StatefulSet shop\/db: only /),
    ]);
    expect(passed(report)).not.toContain('A readiness probe that is answered by a redirect');
    expect(exitCodeFor(report, 'medium')).toBe(2);
    expect(exitCodeFor(report, 'high')).toBe(0);
  });

  it('is 1 when something is as bad, whatever else could not be looked at', () => {
    const snapshot = snapshotOf(changed('Deployment', 'web', { status: { availableReplicas: 0 } }));
    const objects = { ...snapshot.objects, LimitRange: couldNotLook<never[]>('forbidden', 'x', now) };
    expect(exitCodeFor(sound({ snapshot: { ...snapshot, objects } }), 'high')).toBe(1);
  });

  it('is 2 when a single object or volume could not be read: it might have been anything', () => {
    expect(exitCodeFor(sound({ unseen: ['emptyDir x of y: its node does not run'] }), 'high')).toBe(2);
    const odd = { kind: 'Deployment', metadata: { name: 'odd', namespace: 'shop' }, spec: 'text' };
    const broken = alone(reportOf([...soundShop(), odd]));
    expect(exitCodeFor(broken, 'high')).toBe(2);
    expect(broken.notChecked.map(({ what }) => what)).toContain('Deployment shop/odd');
  });

  it('counts what "Fix first" calls as bad: a question about production that is answered with no', () => {
    const report = reportOf(soundShop());
    const restore = report.production.filter(({ id }) => id === 'last-proven-restore');
    const replication = report.production.filter(({ id }) => id === 'synchronous-replication');
    expect(exitCodeFor({ ...report, production: restore }, 'high')).toBe(1);
    expect(exitCodeFor({ ...report, production: replication }, 'high')).toBe(2);
    const drill = report.production.filter(({ id }) => id === 'last-drill');
    expect(exitCodeFor({ ...report, production: drill }, 'high')).toBe(0);
    expect(exitCodeFor({ ...report, production: drill }, 'medium')).toBe(1);
  });

  it('is 0 when nobody asked', () => {
    expect(exitCodeFor(blind('ResourceQuota'), 'never')).toBe(0);
    expect(exitCodeFor(low, 'never')).toBe(0);
  });
});

describe('what was not checked', () => {
  it('holds every look that failed, and what nobody tried', () => {
    const report = blind('ResourceQuota');
    const entry = report.notChecked.find(({ what }) => what === 'Check quota-blocks-recreation');
    expect(entry).toMatchObject({ couldNotLook: true, why: 'ResourceQuota: forbidden' });
    expect(report.notChecked.map(({ what }) => what)).toContain('Security');
  });
});

it('puts the worst first, and many before few', () => {
  const severities = groupsOf(reportOf(smallShop())).map(({ worst }) => worst);
  const order = ['high', 'medium', 'low', 'info'];
  expect(severities).toEqual([...severities].sort((one, other) => order.indexOf(one) - order.indexOf(other)));
  expect(severities[0]).toBe('high');
});

it('advises to change what an operator writes at its resource, with no command that would not last', () => {
  const owner = { kind: 'Keeper', name: 'k', controller: true };
  const report = reportOf(
    changed('StatefulSet', 'db', {
      metadata: { ownerReferences: [owner] },
      spec: { revisionHistoryLimit: 0 },
    }),
  );
  const finding = report.checked.find(({ check }) => check.id === 'no-way-back')?.findings[0];
  expect(finding?.advice.command).toBeUndefined();
  expect(finding?.advice.note).toContain('Keeper k writes this object');
});
