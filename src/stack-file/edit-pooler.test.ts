import { describe, expect, test } from 'vitest';

import { withPoolerProfile } from './edit-pooler.ts';
import { parseStackFile } from './parse.ts';

const head = '# mine\napiVersion: rekindle.dev/v1alpha1\nkind: Stack\nmetadata: { name: shop } # a shop\n';

const files = [
  [head, `${head}spec:\n  pooler: { profile: quick }\n`],
  [`${head}spec: {}\n`, `${head}spec: {pooler: { profile: quick }}\n`],
  [`${head}spec: { namespace: shop }\n`, `${head}spec: { pooler: { profile: quick }, namespace: shop }\n`],
  [
    `${head}spec:\n  # where\n  namespace: shop # there\n`,
    `${head}spec:\n  # where\n  pooler: { profile: quick }\n  namespace: shop # there\n`,
  ],
  [
    `${head}spec:\n    pooler:\n        # own\n        settings: { server_lifetime: 1 }\n`,
    `${head}spec:\n    pooler:\n        # own\n        profile: quick\n        settings: { server_lifetime: 1 }\n`,
  ],
  [
    `${head}spec:\n  pooler: {settings: {server_lifetime: 1}}\n`,
    `${head}spec:\n  pooler: {profile: quick, settings: {server_lifetime: 1}}\n`,
  ],
] as const;

describe('the pooler profile of a stack file', () => {
  test.each(files)('is added to %j, and taken out without a trace', (before, after) => {
    expect(withPoolerProfile(before, 'quick')).toBe(after);
    expect(parseStackFile(after, 'f').spec.pooler?.profile).toBe('quick');
    expect(withPoolerProfile(after, undefined)).toBe(before);
    expect(withPoolerProfile(after, 'quick')).toBe(after);
  });

  test('is changed in its place', () => {
    for (const written of ['patience', '"patience"', 'patience   # slow']) {
      const text = `${head}spec:\n  pooler: { profile: X }\n  namespace: shop\n`;
      const comment = written.includes('#') ? '   # slow' : '';
      const block = `${head}spec:\n  pooler:\n    profile: ${written}\n  namespace: shop\n`;
      expect(withPoolerProfile(block, 'quick')).toBe(
        `${head}spec:\n  pooler:\n    profile: quick${comment}\n  namespace: shop\n`,
      );
      expect(withPoolerProfile(text.replace('X', 'previous'), 'quick')).toBe(text.replace('X', 'quick'));
    }
  });

  test('that is not there cannot be taken out', () => {
    for (const [before] of files) expect(withPoolerProfile(before, undefined)).toBe(before);
  });
});
