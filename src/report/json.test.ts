import fc from 'fast-check';
import { expect, test } from 'vitest';

import { hostileText } from '../../test/fakes/hostile-text.ts';
import { document } from './json.ts';

test('a document is valid JSON that gives every text back and holds nothing that a terminal obeys', () => {
  const texts = fc.array(hostileText, { maxLength: 3 });
  fc.assert(
    fc.property(texts, hostileText, (values, key) => {
      const body = { values, nested: { [key]: values } };
      const text = document('up', body);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(text)).toEqual({ schema: 'rekindle.dev/v1alpha1/up', ...body });
    }),
    { numRuns: 50 },
  );
});
