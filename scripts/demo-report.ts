import { z } from 'zod';

import type { Recovery } from '../bench/rig/recovery.ts';
import { actionRow, doneAndRefused, refusalRow } from '../bench/rig/rekindle-up.ts';

/** The one object that `npm run -s demo -- --json` prints. */
export const demoReport = z.object({
  schema: z.literal('rekindle.dev/v1alpha1/demo'),
  backend: z.string(),
  recovery: z.object({
    /** From the engine's start to the second verified write; null when there was none in time. */
    seconds: z.number().nullable(),
    verified: z.boolean(),
    cut: z.string(),
    /** What `rekindle up` itself said, and its exit code. */
    verdict: z.string(),
    exitCode: z.number().int(),
  }),
  ledger: z.object({
    acknowledged: z.number().int(),
    lost: z.number().int(),
    duplicated: z.number().int(),
    /** Orders that got no answer: neither lost nor kept; and how many of them are there. */
    inFlight: z.number().int(),
    inFlightThere: z.number().int(),
  }),
  actions: z.array(actionRow),
  refusals: z.array(refusalRow),
});
export type DemoReport = z.infer<typeof demoReport>;

/** Makes the report of a recovery. */
export function reportOf(recovery: Recovery, backend: string): DemoReport {
  const { ledger, up, seconds } = recovery;
  return {
    schema: 'rekindle.dev/v1alpha1/demo',
    backend,
    recovery: {
      seconds: seconds ?? null,
      verified: seconds !== undefined,
      cut: recovery.injection.cut,
      verdict: up?.report?.verdict.sentence ?? 'rekindle up gave no verdict',
      exitCode: up?.exitCode ?? 1,
    },
    ledger: {
      acknowledged: ledger.acknowledged,
      lost: ledger.lost.length,
      duplicated: ledger.duplicated.length,
      inFlight: ledger.unknown,
      inFlightThere: ledger.appearedUnacknowledged.length,
    },
    ...doneAndRefused(up),
  };
}

/** Whether everything went as it must: verified from outside, nothing lost or doubled, and `up` says so too. */
export function isGood({ recovery, ledger }: DemoReport): boolean {
  return recovery.verified && recovery.exitCode === 0 && ledger.lost === 0 && ledger.duplicated === 0;
}

/** The report for people. */
export function reportText(report: DemoReport): string {
  const { recovery, ledger, actions, refusals } = report;
  const time =
    recovery.seconds === null
      ? 'NOT RECOVERED in time.'
      : `Recovered in ${recovery.seconds.toFixed(1)} s, from the start of the engine to the second verified write.`;
  return [
    time,
    `rekindle up: ${recovery.verdict} (exit code ${recovery.exitCode})`,
    `Orders: ${ledger.acknowledged} acknowledged, ${ledger.lost} lost, ${ledger.duplicated} doubled;` +
      ` ${ledger.inFlight} were in flight at the cut, ${ledger.inFlightThere} of them arrived.`,
    actions.length === 0 ? 'Actions: none were needed.' : 'Actions:',
    ...actions.map(
      ({ step, target, acted, verified, did }) => `  ${step} ${target}: ${did ?? acted}; worked: ${verified}`,
    ),
    ...refusals.map(
      ({ guard, step, target, reason }) => `  refused by ${guard}: ${step} ${target}: ${reason}`,
    ),
    `Kind of cut: ${recovery.cut}; lab backend: ${report.backend}.`,
    '',
  ].join('\n');
}
