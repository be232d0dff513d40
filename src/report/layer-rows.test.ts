import { describe, expect, test } from 'vitest';

import { boot, container, healthy, node, now, pod, pooler } from '../../test/fakes/observation.ts';
import type { Finding } from '../domain/finding.ts';
import { couldNotLook, saw } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import { layerRows, type RowName } from './layer-rows.ts';

function finding(kind: Finding['kind']): Finding {
  const object = { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1' };
  return { fault: 'f', layer: 'pooler', object, claim: `it is ${kind}`, kind, evidence: [], causedBy: [] };
}

const row = (name: RowName, observation: Observation, findings: readonly Finding[] = []) =>
  layerRows(observation, findings).find((entry) => entry.name === name);
const staleWeb = pod('django-1', { node: 'agent-0', containers: [container({ startedAt: boot - 60_000 })] });
const refused = pooler({ login: { result: 'refused', message: 'no' } });

describe('the line of a layer', () => {
  test('works in a stack that works', () => {
    const rows = layerRows(healthy({ pods: saw([pod('django-1')], 'API', now) }), []);
    expect(rows.map(({ state }) => state)).toEqual(Array(7).fill('works'));
  });

  test.each<[string, RowName, Partial<Observation>, RegExp]>([
    [
      'a stopped container',
      'container engine',
      { containers: saw([node('a'), node('b', { state: 'exited' })], 'engine', now) },
      /^1 of 2/,
    ],
    ['a silent API', 'API', { api: couldNotLook('refused', 'API', now) }, /refused/],
    ['a silent DNS', 'DNS', { dns: saw({ servers: [] }, 'DNS', now) }, /not answer/],
    ['a refused login', 'poolers', { poolers: saw([pooler(), refused], 'p', now) }, /^1 of 2/],
    ['a Ready from before the boot', 'web', { pods: saw([staleWeb], 'API', now) }, /^0 of 1/],
    [
      'a door that fails',
      'front door',
      {
        frontDoor: saw({ url: '', answer: { status: 502 }, visits: { made: 3, answered: 3 } }, 'door', now),
      },
      /502/,
    ],
  ])('waits for %s', (_name, name, changes, detail) => {
    const shown = row(name, healthy(changes));
    expect(shown?.state).toBe('waiting');
    expect(shown?.detail).toMatch(detail);
  });

  test('is absent when this stack has none', () => {
    expect(row('poolers', healthy({ poolers: saw([], 'p', now) }))?.state).toBe('absent');
  });

  test('tells what is broken before what settles, and both before what was seen', () => {
    const observation = healthy();
    expect(row('poolers', observation, [finding('settling'), finding('broken')])).toMatchObject({
      state: 'broken',
      detail: 'it is broken',
    });
    expect(row('poolers', observation, [finding('unknown')])?.state).toBe('waiting');
    expect(row('poolers', observation, [finding('notice')])?.state).toBe('works');
  });
});
