import { expect, test } from 'vitest';

import { startRekindle } from '../../bench/rig/rekindle-up.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import { drillNamed } from '../../src/drills/index.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import { journeyLab, say } from './journey-lab.ts';

test('standbys that receive nothing are named, as is what that means, and nothing is touched', async () => {
  const lab = await journeyLab();
  await waitUntilSettled(lab, 150);
  const look = async () => {
    const { exitCode, report } = await startRekindle(lab).result();
    const notices = (report?.findings ?? []).filter(({ kind }) => kind === 'notice');
    const sentence = `exit code ${exitCode}, ${JSON.stringify(report?.verdict)}, told: ${JSON.stringify(report?.findings)}`;
    return { exitCode, actions: report?.actions ?? [], notices, sentence };
  };
  const drill = drillNamed('standby-cut-off');
  const injection = await drill.inject(lab, nobodyHelps);
  try {
    const { proven, evidence } = await drill.proof(lab, injection);
    say(`proof of the fault: ${evidence}`);
    expect(proven).toBe(true);

    const told = await waitFor('both to be told', 120, async () => {
      const found = await look();
      const faults = new Set(found.notices.map(({ fault }) => fault));
      const missing = drill.expectedFindings.filter((fault) => !faults.has(fault));
      if (missing.length === 0) return found;
      throw new Error(`not told: ${missing.join(', ')}; ${found.sentence}`);
    });
    for (const { claim } of told.notices) say(String(claim));
    expect(told.exitCode).toBe(0);
    expect(told.actions).toEqual([]);
    expect(told.notices.filter(({ fault }) => fault === 'standby-not-streaming')).toHaveLength(2);
  } finally {
    await drill.undo(lab, injection);
  }
  await waitUntilSettled(lab, 150);
  expect((await look()).notices).toEqual([]);
});
