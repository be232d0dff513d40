import { expect, test } from 'vitest';

import { startRekindle } from '../../bench/rig/rekindle-up.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import { shopKubectl } from '../../src/drills/database.ts';
import { drillNamed } from '../../src/drills/index.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import { journeyLab, say } from './journey-lab.ts';

test('a Redis that somebody scaled to 0 is named as the reason, with the way back, and is not touched', async () => {
  const lab = await journeyLab();
  await waitUntilSettled(lab, 150);
  const drill = drillNamed('redis-scaled-to-zero');
  const injection = await drill.inject(lab, nobodyHelps);
  try {
    const { proven } = await drill.proof(lab, injection);
    expect(proven).toBe(true);

    const { exitCode, report, stderr } = await startRekindle(lab).result();
    say(`rekindle up: ${report?.verdict.sentence ?? stderr}`);
    expect(exitCode).toBe(1);
    expect(report?.tasks).toMatchObject([
      {
        fault: 'workload-scaled-to-zero',
        byHand: 'kubectl -n jewelry-shop scale statefulset/redis --replicas=1',
      },
    ]);
    expect(report?.verdict.sentence).toMatch(/redis was scaled to 0 \(by whom .* at \d{4}-[^)]+\)/);
    // Web servers that wait for Redis are no reason to wait for them.
    expect(report?.seconds).toBeLessThan(60);
    const replicas = await shopKubectl(lab, [
      'get',
      'statefulset',
      'redis',
      '-o',
      'jsonpath={.spec.replicas}',
    ]);
    expect(replicas.trim()).toBe('0');
  } finally {
    await drill.undo(lab, injection);
  }
});
