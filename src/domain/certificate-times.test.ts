import { expect, test } from 'vitest';

import { now } from '../../test/fakes/observation.ts';
import { validityIn, validityText } from './certificate-times.ts';

const hour = 3_600_000;
const valid = { from: now - hour, until: now + hour };

test('a certificate of the future is told with both times, and the clock is blamed', () => {
  const words = validityText('CERT_NOT_YET_VALID', [valid, { from: now + hour, until: now + 2 * hour }], now);
  expect(words).toBe(
    "its certificate is valid from 2026-01-01T13:00:30Z on, and this machine's clock says 2026-01-01T12:00:30Z: " +
      'the clock is probably wrong',
  );
  expect(validityIn(`No: ${words} (GET https://x:1/). Next.`)).toEqual({
    trouble: 'CERT_NOT_YET_VALID',
    words,
  });
});

test('a certificate of the past is told with both times, and either may be wrong', () => {
  const words = validityText('CERT_HAS_EXPIRED', [{ from: 0, until: now - hour }, valid], now);
  expect(words).toMatch(/valid until 2026-01-01T11:00:30Z.*says 2026-01-01T12:00:30Z: renew it, unless/);
  expect(validityIn(words)).toEqual({ trouble: 'CERT_HAS_EXPIRED', words });
});

test('without the certificate its time is not told, the clock is', () => {
  const words = validityText('CERT_NOT_YET_VALID', [valid], now);
  expect(words).toMatch(/is not valid yet, and this machine's clock says 2026/);
  expect(validityIn(words)?.trouble).toBe('CERT_NOT_YET_VALID');
  expect(validityIn('certificate has expired')).toBeUndefined();
});
