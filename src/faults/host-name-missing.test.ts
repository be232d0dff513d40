import { expect, test } from 'vitest';

import { boot, healthy, node, now, stack } from '../../test/fakes/observation.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { saw } from '../domain/looked.ts';
import { makePlan } from '../plan/make-plan.ts';

function judged(hostNames: readonly string[] | undefined, gateway: string | undefined, answers = true) {
  const servers = [{ pod: 'coredns-1', answers }];
  const observation = healthy({
    containers: saw([node('server-0', { role: 'server', ...(gateway && { gateway }) })], 'engine', now),
    dns: saw({ servers, ...(hostNames && { hostNames }) }, 'DNS', now),
  });
  const check = { stack, firstSeen: () => boot };
  const findings = diagnose(observation, check);
  const context = { stack, observation, past: [], run: 'run', busy: new Set<string>() };
  return {
    found: findings.map(({ fault, kind }) => `${fault} ${kind}`),
    steps: makePlan(findings, check, context).steps.map(({ step }) => step),
  };
}

test('a DNS that has lost the host is told its name again, and the stack is none the less healthy', () => {
  expect(judged(['server-0'], '172.18.0.1')).toEqual({
    found: ['host-name-missing notice'],
    steps: ['restore-host-names'],
  });
});

test.each([
  ['it knows the host', ['server-0', 'host.k3d.internal'], '172.18.0.1', true],
  ['it keeps no such list', undefined, '172.18.0.1', true],
  ["the host's address is not known", ['server-0'], undefined, true],
])('nothing is done when %s', (_name, names, gateway, answers) => {
  expect(judged(names, gateway, answers)).toEqual({ found: [], steps: [] });
});
