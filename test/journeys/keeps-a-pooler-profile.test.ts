import { afterAll, expect, test } from 'vitest';

import {
  clearProfiles,
  customStackFile,
  leftOvers,
  outlive,
  prepareWays,
  wantedSettings,
} from '../../bench/rig/pooler-persistence.ts';
import { runRekindle } from '../../bench/rig/rekindle-command.ts';
import type { Lab } from '../../lab/lab.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { journeyLab, say } from './journey-lab.ts';
import { onlyInTheFullRun } from './only-in-the-full-run.ts';

const found: { lab?: Lab } = {};

afterAll(async () => {
  if (found.lab !== undefined) await clearProfiles(found.lab);
});

/** Whatever an earlier run left is gone. */
async function cleanLab(): Promise<Lab> {
  const lab = await journeyLab();
  found.lab = lab;
  await clearProfiles(lab);
  return lab;
}

test("a profile of one's own lasts over new pods, a sync of the operator and a loss of power, and is taken back without a trace", async (context) => {
  skipWhen(context, onlyInTheFullRun);
  const lab = await cleanLab();
  const ways = ['image', 'include'] as const;
  const stackFile = await prepareWays(lab, ways);
  for (const event of ['pod-deleted', 'operator-synced', 'power-lost'] as const) {
    const kept = await outlive(lab, ways, event, stackFile);
    for (const { way, seconds, wrong, evidence } of kept) {
      say(`${event}, ${way}: ${seconds?.toFixed(1) ?? 'never'} s (${evidence})`);
      expect(wrong, `${event}, ${way}: ${evidence}`).toEqual([]);
      expect(seconds, `${event}, ${way}: ${evidence}`).toBeDefined();
    }
  }
  await clearProfiles(lab);
  expect(await leftOvers(lab)).toBe('');
});

test('where nothing can keep it, `up` sets it again after each start, and says that it lasts no longer', async (context) => {
  skipWhen(context, onlyInTheFullRun);
  const lab = await cleanLab();
  const stackFile = await prepareWays(lab, ['agent']);
  const [kept] = await outlive(lab, ['agent'], 'pod-deleted', stackFile);
  expect(kept).toMatchObject({ wrong: [] });
  const diff = await runRekindle(lab, await customStackFile(lab), ['pooler', 'profile', 'diff']);
  expect(diff).toMatchObject({
    exitCode: 0,
    json: { result: 'same', profile: { settings: wantedSettings } },
  });
});
