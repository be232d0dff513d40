import { expect } from 'vitest';

import type { Recovery } from '../../bench/rig/recovery.ts';

/** A recovery as it must be: seen from outside, said by `up`, with every acknowledged order. */
export function expectRecovery(recovery: Recovery): void {
  expect(recovery.seconds).toBeDefined();
  expect(recovery.ledger.acknowledged).toBeGreaterThanOrEqual(500);
  expect(recovery.ledger).toMatchObject({ lost: [], duplicated: [], refusedButThere: [] });
  expect(recovery.up).toMatchObject({ exitCode: 0 });
  expect(recovery.up?.report?.verdict).toMatchObject({ state: 'healthy', proven: 'verified' });
}

/** The names of the steps that were taken and proven. */
export function provenSteps(recovery: Recovery): readonly string[] {
  return (recovery.up?.report?.actions ?? [])
    .filter(({ verified }) => verified === 'yes')
    .map(({ step }) => step);
}
