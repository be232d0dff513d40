import { expect, test } from 'vitest';

import { complaintOf } from './k3d-tool.ts';

test('the errors of k3d are told, not how it takes back what it has made', () => {
  const printed = [
    '\u001B[36mINFO\u001B[0m[0001] Creating node',
    '\u001B[31mERRO\u001B[0m[0047] Failed to create tools node: no such image',
    '\u001B[36mINFO\u001B[0m[0047] Deleting cluster network',
    '\u001B[36mINFO\u001B[0m[0047] Deleting 1 attached volumes...',
    '\u001B[31mFATA\u001B[0m[0047] Cluster creation FAILED, all changes have been rolled back!',
  ].join('\n');
  expect(complaintOf(printed)).toBe(
    'ERRO[0047] Failed to create tools node: no such image FATA[0047] Cluster creation FAILED, all changes have been rolled back!',
  );
});

test('where it marks none, its last words are told', () => {
  expect(complaintOf('a\nb\nc\nd\n')).toBe('b c d');
  expect(complaintOf('')).toBe('');
});
