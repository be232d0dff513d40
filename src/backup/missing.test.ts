import { expect, test } from 'vitest';

import { missingFrom, notHad } from './missing.ts';

test('what could not be read is missing, but for what its user has no right to read', () => {
  const refused =
    'secrets is forbidden: User "rekindle" cannot list resource "secrets" in API group "" in the namespace "shop"';
  const leftOut = [
    notHad('Secrets', refused),
    notHad('Kubernetes objects', 'no answer within 4 s'),
    { what: 'files of claim cache', why: 'the stack file says so' },
  ];
  expect(missingFrom({ leftOut })).toEqual(['Kubernetes objects (no answer within 4 s)']);
  expect(missingFrom(undefined)).toEqual([]);
});
