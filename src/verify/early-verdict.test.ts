import { describe, expect, test } from 'vitest';

import { healthy } from '../../test/fakes/observation.ts';
import type { Finding } from '../domain/finding.ts';
import { earlyVerdict } from './early-verdict.ts';

const broken: Finding = {
  fault: 'pooler-role-rejected',
  layer: 'pooler',
  object: { kind: 'Role', name: 'pooler' },
  claim: 'PostgreSQL rejects the password.',
  kind: 'broken',
  evidence: [],
  causedBy: [],
};
const proven = { proven: 'verified', wanted: 'verified', observation: healthy(), at: 1 } as const;
const twoWrites = 'Two writes went through';

describe('the verdict of a run that ends early', () => {
  test('claims no proof from before its last action', () => {
    const verdict = earlyVerdict({ ...proven, findings: [] }, { actedSince: true, provenBefore: 'verified' });
    expect(verdict).toMatchObject({ state: 'settling', proven: 'none' });
    expect(verdict.sentence).toMatch(/before a proof could follow its last action\. Nothing was proven/);
    const still = earlyVerdict(
      { ...proven, findings: [broken] },
      { actedSince: true, provenBefore: undefined },
    );
    expect(still).toMatchObject({ state: 'broken', proven: 'none' });
    expect(still.sentence).toBe(
      'PostgreSQL rejects the password. Nothing was proven through the front door.',
    );
  });

  test('is not healthy while the proof after the stability window is missing', () => {
    const once = earlyVerdict({ ...proven, findings: [] }, { actedSince: false, provenBefore: undefined });
    expect(once).toMatchObject({ state: 'settling', proven: 'verified' });
    expect(once.sentence).toContain(twoWrites);
    const inBetween = { ...proven, proven: 'none', findings: [] } as const;
    const again = earlyVerdict(inBetween, { actedSince: false, provenBefore: 'verified' });
    expect(again).toMatchObject({ state: 'settling', proven: 'verified' });
    expect(again.sentence).toMatch(/repeated after the stability window\. Two writes/);
  });

  test('is what it would be anyway when nothing was ever proven', () => {
    const end = { actedSince: false, provenBefore: undefined };
    const unproven = { ...proven, proven: 'none' } as const;
    expect(earlyVerdict({ ...unproven, findings: [] }, end)).toMatchObject({ state: 'broken' });
    expect(earlyVerdict({ ...unproven, findings: [broken] }, end)).toMatchObject({ state: 'broken' });
    expect(earlyVerdict({ ...unproven, wanted: 'none', findings: [] }, end)).toMatchObject({
      state: 'unknown',
    });
  });
});
