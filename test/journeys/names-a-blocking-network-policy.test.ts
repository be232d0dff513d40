import { expect, test } from 'vitest';

import { startRekindle } from '../../bench/rig/rekindle-up.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import { drillNamed } from '../../src/drills/index.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import { journeyLab, say } from './journey-lab.ts';

test('a policy that cuts PgBouncer off is named, nothing is restarted, and the printed policy opens the way', async () => {
  const lab = await journeyLab();
  await waitUntilSettled(lab, 150);
  const drill = drillNamed('pooler-egress-blocked');
  const injection = await drill.inject(lab, nobodyHelps);
  try {
    const { proven, evidence } = await drill.proof(lab, injection);
    say(`proof of the fault: ${evidence}`);
    expect(proven).toBe(true);

    const refused = await startRekindle(lab).result();
    say(`rekindle up: ${refused.report?.verdict.sentence ?? refused.stderr}`);
    expect(refused.exitCode).toBe(1);
    const { tasks = [], actions = [], findings = [] } = refused.report ?? {};
    expect(findings.map(({ fault }) => fault)).toContain('network-policy-blocks');
    expect(tasks.map(({ fault }) => fault)).toEqual(['network-policy-blocks']);
    expect(actions.filter(({ step }) => step === 'restart-pooler' || step === 'nudge-pooler')).toEqual([]);

    const [byHand = ''] = tasks.map((task) => task.byHand);
    const manifest = byHand.slice(byHand.indexOf('\n') + 1, -'EOF'.length);
    await lab.kubectl(['apply', '-f', '-'], manifest);
    const healed = await startRekindle(lab).result();
    expect(healed.exitCode).toBe(0);
    await lab.kubectl(['delete', '-f', '-'], manifest);
  } finally {
    await drill.undo(lab, injection);
    await lab.enforceNetworkPolicies(false);
  }
});
