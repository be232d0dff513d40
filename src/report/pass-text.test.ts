import { expect, test } from 'vitest';

import { healthy, now } from '../../test/fakes/observation.ts';
import { couldNotLook, saw } from '../domain/looked.ts';
import { passText } from './pass-text.ts';

const target = { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1' };

test('a pass tells each look with its time, what was found, what is planned, and what is refused and why', () => {
  const observation = healthy({
    api: { ...saw({ ready: true } as const, 'GET /readyz', now), ms: 12.4 },
    dns: { ...couldNotLook('no answer within 4 s', 'cluster DNS', now), ms: 4000 },
  });
  const refusal = {
    guard: 'recently-acted',
    step: 'restart-pooler',
    target,
    reason: 'It was restarted 3 s ago.',
    advice: 'Wait.',
    kind: 'wait',
  } as const;
  const text = passText(
    {
      observation,
      findings: [],
      plan: { steps: [], refusals: [refusal], tasks: [], waits: ['DNS'], hopes: [] },
    },
    7,
  );
  expect(text[0]).toBe('pass 7');
  expect(text).toContain('  looked at api (GET /readyz): seen in 12 ms');
  expect(text).toContain('  looked at dns (cluster DNS): not seen in 4000 ms: no answer within 4 s');
  expect(text).toContain(
    '  not done: restart-pooler on Pod shop/db-pooler-1. It was restarted 3 s ago. Wait. (recently-acted)',
  );
  expect(text).toContain('  waiting: DNS');
});

test('a pass without a step says so', () => {
  const plan = { steps: [], refusals: [], tasks: [], waits: [], hopes: [] };
  expect(passText({ observation: healthy(), findings: [], plan }, 1)).toContain('  nothing is planned');
});
