import { expect } from 'vitest';

import type { Recovery } from '../../bench/rig/recovery.ts';
import type { Lab } from '../../lab/lab.ts';
import type { CutMode } from '../../src/drills/define-drill.ts';

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

/** The hardest cut that a backend can do: a drill that did less says nothing about what a loss of power takes. */
export function hardestCut({ backend }: Pick<Lab, 'backend'>): CutMode {
  return backend === 'source' ? 'power-loss' : 'process-kill';
}
