import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startRekindle } from '../../bench/rig/rekindle-up.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import { type Lab, openLab } from '../../lab/lab.ts';
import { demoReport } from '../../scripts/demo-report.ts';
import { ForeignContainers } from './foreign-containers.ts';
import { healed, journeyLab, say } from './journey-lab.ts';

const root = path.dirname(path.dirname(import.meta.dirname));

let lab: Lab;
let foreign: ForeignContainers | undefined;

async function states() {
  if (foreign === undefined) throw new Error('there is nothing foreign to look at');
  return foreign.states();
}

beforeAll(async () => {
  lab = await journeyLab();
  foreign = await ForeignContainers.place(lab);
});

afterAll(() => foreign?.remove());

test('a foreign cluster and container stay as they are while the shop is looked at and healed', async () => {
  const before = await states();
  await waitUntilSettled(lab, 300);
  const { exitCode } = await startRekindle(lab).result();
  expect(exitCode).toBe(0);
  const recovery = await healed(lab, 'load-balancer-stopped');
  expect(recovery.seconds).toBeDefined();
  expect(await states()).toEqual(before);
});

test('the demo with its cut neither starts nor removes them', async () => {
  const before = await states();
  const demo = await execa(process.execPath, [path.join(root, 'scripts', 'demo.ts'), '--json'], {
    cwd: root,
    stdin: 'ignore',
    stderr: 'inherit',
    reject: false,
  });
  const report = demoReport.parse(JSON.parse(demo.stdout));
  say(`demo: ${report.recovery.verdict}, cut by ${report.recovery.cut}`);
  expect(report.recovery.verified).toBe(true);
  // They are on the lab's PC where the lab has one: then they lose their power with it, and nobody gives it back.
  const after = before.map(({ status, lastStart }) => ({
    status: lab.backend === 'docker' ? status : 'exited',
    lastStart,
  }));
  expect(await states()).toEqual(after);
});

test('a cut and the removal of a lab leave them, its neighbours and a process of the machine alone', async () => {
  const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
  // On backend docker they are beside the lab. On a PC of its own they would go with it: there another lab goes.
  const leaving = lab.backend === 'docker' ? lab : await openLab({ instance: 'neighbour', log: say });
  try {
    if (leaving !== lab) await leaving.up();
    const before = await states();
    await leaving.cut();
    expect(await states()).toEqual(before);
    await leaving.down();
    expect(await states()).toEqual(before);
    const expected = leaving === lab ? { booted: false } : { booted: true, cluster: 'answers' };
    expect(await lab.status()).toMatchObject(expected);
    expect([sleeper.exitCode, sleeper.signalCode]).toEqual([null, null]);
  } finally {
    sleeper.kill();
    await leaving.down();
  }
});
