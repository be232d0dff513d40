import { expect, test } from 'vitest';

import { scramVerifier } from './scram-verifier.ts';

test('gives the verifier of RFC 7677 for its password and salt', () => {
  // RFC 7677, section 3: password "pencil", salt W22ZaJ0SNY7soEsUEjb6gQ==, 4096 iterations; keys as PostgreSQL stores them.
  const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
  expect(verifier).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('never sets a password that it cannot normalise', () => {
  expect(() => scramVerifier('')).toThrow(/printable ASCII/);
  expect(() => scramVerifier('grün')).toThrow(/printable ASCII/);
});
