import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, test } from 'vitest';

import { checkLedger, openSite, startWriters } from '../../bench/rig/ledger-processes.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import { orderRowDeleted } from '../../src/drills/order-row-deleted.ts';
import { journeyLab, say } from './journey-lab.ts';

test('one acknowledged order that is gone is found, by name', async () => {
  const lab = await journeyLab();
  const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-journey-'));
  try {
    const site = await openSite(lab, folder, `deleted-${Date.now()}`);
    const writers = startWriters(site);
    await writers.waitForOrders(50, 60);
    await writers.stop();
    expect(await checkLedger(site)).toMatchObject({ lost: [], duplicated: [] });
    const injection = await orderRowDeleted.inject(lab, nobodyHelps);
    const { lost, acknowledged } = await checkLedger(site);
    say(`${acknowledged} acknowledged, lost: ${JSON.stringify(lost)}`);
    const { id, ref } = JSON.parse(injection.facts['row'] ?? '') as { id: number; ref: string };
    expect(lost).toEqual([{ id, ref }]);
    await orderRowDeleted.undo(lab, injection);
    expect(await checkLedger(site)).toMatchObject({ lost: [] });
  } finally {
    await rm(folder, { recursive: true });
  }
});
