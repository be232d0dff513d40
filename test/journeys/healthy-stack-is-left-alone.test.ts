import { stat } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { startRekindle } from '../../bench/rig/rekindle-up.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import { primaryPod, shopKubectl, sql } from '../../src/drills/database.ts';
import { shop } from '../../src/drills/shop.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import type { Lab } from '../../lab/lab.ts';
import { isWrite, requestsSince } from '../../bench/rig/audit-log.ts';
import { journeyLab, say } from './journey-lab.ts';

const restartPath =
  'jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[*].restartCount}{"\\n"}{end}';

/** Every pod by uid with its restarts, and the number of customers' orders. */
async function stateOf(lab: Lab): Promise<{ pods: string; orders: string }> {
  const orders = `select count(*) from ${shop.ordersTable}`;
  return {
    pods: await shopKubectl(lab, ['get', 'pods', '-o', restartPath]),
    orders: await sql(lab, await primaryPod(lab), orders, shop.ordersDatabase),
  };
}

const startPath =
  'jsonpath={range .items[*].status.containerStatuses[*]}{.state.running.startedAt}{"\\n"}{end}';

/** Something that started less than a minute ago is watched for a while: then it is not yet the healthy stack. */
async function nothingStartedLately(lab: Lab): Promise<true | undefined> {
  const pods = await shopKubectl(lab, ['get', 'pods', '-o', startPath]);
  const nodes = await lab.docker(['ps', '--quiet', '--filter', `label=k3d.cluster=${lab.cluster}`]);
  const format = ['inspect', '--format', '{{.State.StartedAt}}'];
  const containers = await lab.docker([...format, ...nodes.trim().split('\n')]);
  const starts = `${pods.trim()}\n${containers.trim()}`.split('\n').map((text) => Date.parse(text));
  return starts.every((start) => Date.now() - start > 65_000) ? true : undefined;
}

test('a healthy stack is proven within 8 s, without one write to the cluster, however often', async () => {
  const lab = await journeyLab();
  await waitUntilSettled(lab, 300);
  await waitFor('a minute without a start', 180, () => nothingStartedLately(lab));
  // The stack file names a pooler profile: on a new cluster the first run applies it.
  expect(await startRekindle(lab).result()).toMatchObject({ exitCode: 0 });
  const before = await stateOf(lab);
  const { size } = await stat(lab.auditLog);
  for (let run = 1; run <= 3; run += 1) {
    const start = performance.now();
    const { exitCode, report, stderr } = await startRekindle(lab).result();
    const seconds = (performance.now() - start) / 1000;
    say(`run ${run}: exit code ${exitCode} after ${seconds.toFixed(1)} s; ${report?.verdict.sentence}`);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(report?.actions).toEqual([]);
    expect(seconds).toBeLessThanOrEqual(8);
  }
  const requests = await requestsSince(lab.auditLog, size, 'rekindle');
  const writes = requests.filter(isWrite);
  say(`${requests.length} requests by rekindle in the audit log, ${writes.length} of them writes`);
  // Without its reads in the log, the log would prove nothing.
  expect(requests.length).toBeGreaterThan(10);
  expect(writes).toEqual([]);
  expect(await stateOf(lab)).toEqual(before);
});
