import { describe, expect, test } from 'vitest';

import { waitMeasure } from '../../test/fakes/harden-runs.ts';
import { Choice, strayMeasures } from './choice.ts';
import { hardenText, measureJson, type ShownMeasure } from './harden-text.ts';
import type { Change } from './measure.ts';
import { measureDiff } from './measure-diff.ts';
import type { MeasureState } from './plan-hardening.ts';

function shown(state: MeasureState, change?: Change, owners: ShownMeasure['owners'] = []): ShownMeasure {
  const measure = { ...waitMeasure(), ...(change && { change }) };
  return { measure, state, owners, diff: measureDiff(measure, undefined) };
}

describe('what is shown', () => {
  test('a proposal with its restarts and its diff', () => {
    const text = hardenText([shown('proposed')], []);
    expect(text).toContain('restarts: 1 pod(s), one workload at a time');
    expect(text).toContain('+          name: rekindle-wait'.replace('          name', '        - name'));
    expect(text).toContain('1 can be applied: rekindle harden --apply');
  });

  test('whose it is when it is not ours', () => {
    const owners = [{ field: '.spec.replicas', manager: 'helm' }];
    expect(hardenText([shown('owned', undefined, owners)], [])).toContain('owner: helm set .spec.replicas.');
  });

  test('what is left to a person, what leads to nothing, and what could not be seen', () => {
    const text = hardenText(
      [
        shown('by-hand', { by: 'hand', todo: 'rekindle pooler profile set quick' }),
        shown('nothing', { by: 'nothing', reason: 'It would not help.' }),
        shown('applied'),
      ],
      ['PodDisruptionBudgets: forbidden'],
    );
    expect(text).toContain('to do: rekindle pooler profile set quick');
    expect(text).toContain(
      'nothing to do: wait-for-dependencies of Deployment shop/nginx. It would not help.',
    );
    expect(text).toContain('could not look: PodDisruptionBudgets: forbidden');
    expect(text).toMatch(/1 by hand\. 1 applied already\.$/);
    expect(hardenText([], [])).toBe('Nothing to propose.');
  });

  test('programs get the object by its name, the state and the diff', () => {
    expect(measureJson(shown('proposed'))).toMatchObject({
      object: 'Deployment shop/nginx',
      state: 'proposed',
      diff: expect.stringContaining('+++ Deployment shop/nginx (hardened)'),
    });
  });

  test('a diff shows the fields that are changed and no others: an object may hold secrets', () => {
    const env = [{ name: 'PASSWORD', value: 'opal-4711' }];
    const base = { spec: { template: { spec: { containers: [{ name: 'main', env }] } } } };
    const patch = { spec: { template: { spec: { containers: [{ name: 'main', workingDir: '/srv' }] } } } };
    const diff = measureDiff({ ...waitMeasure(), change: { by: 'patch', patch, restarts: 1 } }, base);
    expect(diff).toContain('+          workingDir: /srv');
    expect(diff).not.toContain('opal');
  });
});

describe('which measures are meant', () => {
  test.each([
    [undefined, true],
    ['startup-probe', true],
    ['startup-probe/deployment/web', true],
    ['redis-guard, startup-probe/deployment/web/main', true],
    ['startup', false],
    ['startup-probe/deployment/we', false],
    ['redis-guard', false],
  ])('--only %s', (only, isMeant) => {
    expect(new Choice(only).means('startup-probe/deployment/web/main')).toBe(isMeant);
  });

  test('words that mean nothing are named', () => {
    expect(new Choice('startup-probe,typo').unknown(['startup-probe/deployment/web/main'])).toEqual(['typo']);
  });

  test('what is applied and not called for any more is told', () => {
    const managedFields = [
      {
        manager: 'rekindle-harden',
        operation: 'Apply',
        fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:rekindle.dev/hardened': {} } } },
      },
    ];
    const { id } = waitMeasure();
    const live = { metadata: { annotations: { 'rekindle.dev/hardened': `${id} old` }, managedFields } };
    expect(strayMeasures([shown('applied')], new Map([['x', live]]))).toEqual(['old']);
  });
});
