import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, test } from 'vitest';

import { startRekindle } from '../../bench/rig/rekindle-up.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import { drillNamed } from '../../src/drills/index.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import { journeyLab, say } from './journey-lab.ts';

test('web servers that need a minute are waited for, it is said how long they usually take, and none is restarted', async () => {
  const lab = await journeyLab();
  await waitUntilSettled(lab, 150);
  const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-slow-'));
  const up = () => startRekindle(lab, ['--journal', path.join(folder, 'journal.db')]);
  const drill = drillNamed('django-starts-within-a-minute');
  const injection = await drill.inject(lab, {
    ...nobodyHelps,
    startHelper: () => {
      const { kill, result } = up();
      const ended = async () => {
        const { exitCode, stderr } = await result();
        expect(exitCode, stderr).toBe(0);
      };
      return Promise.resolve({ kill, ended });
    },
  });
  try {
    const { exitCode, report, stderr } = await up().result();
    say(`rekindle up: ${report?.verdict.sentence ?? stderr}`);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(
      /django: 0 of 3 pods are ready since the boot\. They usually take about [67]\d s\./,
    );
    const touched = (report?.actions ?? []).filter(({ target }) => JSON.stringify(target).includes('django'));
    expect(touched).toEqual([]);
    expect(await drill.gone?.(lab, injection)).toMatchObject({ proven: true });
  } finally {
    await drill.undo(lab, injection);
    await rm(folder, { recursive: true });
  }
});
