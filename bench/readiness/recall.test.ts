import { describe, expect, it } from 'vitest';

import { readinessChecks } from '../../src/readiness/checks/index.ts';
import type { ReadinessFinding } from '../../src/readiness/finding.ts';
import { crossWalk, crossingOf } from './cross-walk.ts';
import { extraReasons } from './extra-reasons.ts';
import type { ForeignFinding } from './foreign-finding.ts';
import { kubeScoreFindings } from './kube-score.ts';
import { popeyeFindings } from './popeye.ts';
import { knownChecks, recallOf } from './recall.ts';

const ids = new Set(readinessChecks.map(({ id }) => id));

describe('the cross-walk', () => {
  it('names only checks that there are', () => {
    expect([...knownChecks()].filter((check) => !ids.has(check))).toEqual([]);
  });

  it('says why for everything that is left out', () => {
    const left = Object.values(crossWalk).flatMap((table) =>
      Object.values(table).filter((crossing) => crossing.verdict !== 'reported'),
    );
    expect(left.length).toBeGreaterThan(30);
    for (const { why } of left) expect(why).toMatch(/\.$/);
  });

  it('leaves out nothing that it does not know', () => {
    const unknown: ForeignFinding = { tool: 'popeye', id: 'POP-9999', object: 'Pod a/b', text: 'new' };
    expect(() => crossingOf(unknown)).toThrow(/lacks popeye POP-9999/);
  });

  it('explains extras only of checks that one of them has', () => {
    expect(Object.keys(extraReasons).filter((check) => !knownChecks().has(check))).toEqual([]);
  });
});

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };

function mine(check: string, container?: string): ReadinessFinding {
  return {
    check,
    severity: 'low',
    object: web,
    ...(container !== undefined && { container }),
    claim: 'x.',
    evidence: [],
    advice: { say: 'x' },
  };
}

const theirs = (id: string, changes: Partial<ForeignFinding> = {}): ForeignFinding => ({
  tool: 'popeye',
  id,
  object: 'Deployment shop/web',
  text: id,
  ...changes,
});

describe('recall', () => {
  it('counts a fault once, however often it was found', () => {
    const found = [
      theirs('POP-101', { container: 'main' }),
      theirs('container-image-tag', { tool: 'kube-score', container: 'main' }),
    ];
    const { union, matched, raw } = recallOf([mine('image-not-pinned', 'main')], found);
    expect(union).toEqual([
      {
        object: 'Deployment shop/web',
        container: 'main',
        foundBy: ['kube-score container-image-tag', 'popeye POP-101'],
        matched: 'image-not-pinned',
        text: 'POP-101',
      },
    ]);
    expect(matched).toBe(1);
    expect(raw.popeye).toMatchObject({ reliability: 1, matched: 1 });
  });

  it('misses what we do not tell, of another object, of another container, or by another check', () => {
    const found = [theirs('POP-103', { container: 'main' })];
    expect(recallOf([], found).matched).toBe(0);
    expect(recallOf([mine('liveness-probe-missing', 'other')], found).matched).toBe(0);
    expect(recallOf([mine('readiness-probe-missing', 'main')], found).matched).toBe(0);
    const other = { ...mine('liveness-probe-missing', 'main'), object: { ...web, name: 'else' } };
    expect(recallOf([other], found).matched).toBe(0);
    expect(recallOf([mine('liveness-probe-missing', 'main')], found).matched).toBe(1);
  });

  it('leaves security out, and counts what we never tell against us', () => {
    const { union, matched, raw } = recallOf([], [theirs('POP-302'), theirs('POP-503')]);
    expect(raw.popeye).toMatchObject({ all: 2, security: 1, reliability: 1, matched: 0 });
    expect([union.length, matched]).toEqual([1, 0]);
  });

  it('calls extra what neither of them has', () => {
    const { extra } = recallOf(
      [mine('host-path'), mine('image-not-pinned', 'main')],
      [theirs('POP-101', { container: 'main' })],
    );
    expect(extra).toEqual({ 'host-path': 1 });
  });
});

interface Complaint {
  readonly path?: string;
  readonly summary: string;
  readonly skipped?: boolean;
}

function complaint(id: string, grade: number, { path = '', summary, skipped = false }: Complaint) {
  return { check: { id }, grade, skipped, comments: [{ path, summary }] };
}

describe('what they print', () => {
  it('is read from Popeye, with the object that made a pod', () => {
    const report = {
      popeye: {
        sections: [
          {
            linter: 'pods',
            gvr: 'v1/pods',
            issues: {
              'shop/web-1-a': [
                { group: 'main', level: 2, message: '[POP-103] No liveness probe' },
                { group: '__root__', level: 0, message: '[POP-406] fine' },
              ],
            },
          },
          {
            linter: 'nodes',
            gvr: 'v1/nodes',
            issues: { n1: [{ group: '__root__', level: 1, message: '[POP-708] x' }] },
          },
        ],
      },
    };
    const found = popeyeFindings(report, (name) =>
      name === 'Pod shop/web-1-a' ? 'Deployment shop/web' : name,
    );
    expect(found).toEqual([
      {
        tool: 'popeye',
        id: 'POP-103',
        object: 'Deployment shop/web',
        container: 'main',
        text: '[POP-103] No liveness probe',
      },
      { tool: 'popeye', id: 'POP-708', object: 'Node n1', text: '[POP-708] x' },
    ]);
  });

  it('is read from kube-score, in parts where one check has several complaints', () => {
    const report = [
      {
        type_meta: { kind: 'Deployment' },
        object_meta: { name: 'web' },
        checks: [
          complaint('container-resources', 1, { path: 'main', summary: 'CPU limit is not set' }),
          complaint('pod-probes', 10, { summary: 'fine' }),
          complaint('deployment-replicas', 5, { summary: 'few', skipped: true }),
        ],
      },
    ];
    expect(kubeScoreFindings(report, 'shop')).toEqual([
      {
        tool: 'kube-score',
        id: 'container-resources: CPU limit is not set',
        object: 'Deployment shop/web',
        container: 'main',
        text: 'CPU limit is not set',
      },
    ]);
  });
});
