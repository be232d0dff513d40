import { spawn } from 'node:child_process';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { startRekindle } from '../../bench/rig/rekindle-up.ts';
import { waitUntilSettled } from '../../bench/rig/settled.ts';
import { type Lab, openLab } from '../../lab/lab.ts';
import { healed, journeyLab, say } from './journey-lab.ts';

const foreign = 'k3d-jewelry-shop-server-0';
const stateFormat = '{{.Id}} {{.State.Status}} {{.State.StartedAt}} {{.RestartCount}}';

let lab: Lab;

function foreignState(): Promise<string> {
  return lab.docker(['inspect', '--format', stateFormat, foreign]);
}

beforeAll(async () => {
  lab = await journeyLab();
  const image = await lab.docker(['inspect', '--format', '{{.Config.Image}}', `k3d-${lab.cluster}-serverlb`]);
  const labels = ['app=k3d', 'k3d.cluster=jewelry-shop', 'k3d.role=server'].map(
    (label) => `--label=${label}`,
  );
  await lab.docker(['create', '--name', foreign, '--restart', 'no', ...labels, image.trim()]);
});

afterAll(() => lab.docker(['rm', '--force', foreign]));

test('a stopped node of another cluster stays as it is while the shop is looked at and healed', async () => {
  const before = await foreignState();
  await waitUntilSettled(lab, 300);
  const { exitCode } = await startRekindle(lab).result();
  expect(exitCode).toBe(0);
  const recovery = await healed(lab, 'load-balancer-stopped');
  expect(recovery.seconds).toBeDefined();
  say(`foreign container: ${(await foreignState()).trim()}`);
  expect(await foreignState()).toBe(before);
});

test("a process of the machine and a neighbour's lab survive a cut and a removal", async () => {
  const neighbour = spawn('sleep', ['600'], { stdio: 'ignore' });
  try {
    const other = await openLab({ instance: 'neighbour', log: say });
    await other.down();
    expect(await lab.status()).toMatchObject({ booted: true, cluster: 'answers' });
    const recovery = await healed(lab, 'plain-cut');
    expect(recovery.seconds).toBeDefined();
    expect(neighbour.exitCode).toBeNull();
    expect(neighbour.signalCode).toBeNull();
  } finally {
    neighbour.kill();
  }
});
