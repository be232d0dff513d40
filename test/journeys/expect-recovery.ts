import { expect } from 'vitest';

import type { Recovery } from '../../bench/rig/recovery.ts';
import type { Lab } from '../../lab/lab.ts';
import type { CutMode } from '../../src/drills/define-drill.ts';

/** A recovery as it must be: seen from outside, said by `up`, with every acknowledged order. */
export function expectRecovery(recovery: Recovery): void {
  const said = whatUpSaid(recovery);
  expect(recovery.seconds, said).toBeDefined();
  expect(recovery.ledger.acknowledged).toBeGreaterThanOrEqual(500);
  expect(recovery.ledger, said).toMatchObject({ lost: [], duplicated: [], refusedButThere: [] });
  expect(recovery.gone?.proven ?? true, `${recovery.gone?.evidence}\n${said}`).toBe(true);
  expect(recovery.up, said).toMatchObject({ exitCode: 0 });
  expect(recovery.up?.report?.verdict, said).toMatchObject({ state: 'healthy', proven: 'verified' });
}

/** A journey cannot be repeated as it was: what is needed to understand a failure stands in its message. */
function whatUpSaid({ up }: Recovery): string {
  if (up === undefined) return 'nobody helped';
  const { verdict, findings, actions, refusals, seconds } = up.report ?? {};
  return `rekindle up: ${JSON.stringify({ seconds, verdict, findings, actions, refusals }, null, 1)}\n${up.stderr}`;
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
