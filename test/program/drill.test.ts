import { beforeAll, describe, expect, test } from 'vitest';

import { bundle } from '../../scripts/bundle.ts';
import { runningShop, type RunningShop } from '../fakes/running-shop.ts';

beforeAll(async () => {
  await bundle();
});

const kills = ({ engine }: RunningShop) => engine.requests.filter((request) => request.includes('/kill'));

describe('rekindle drill', () => {
  test('shows what it would end, and ends nothing, when nobody says yes', async () => {
    const shop = await runningShop();
    const { code, stdout, stderr } = await shop.start(['drill']).ended;
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('k3d-shop-server-0');
    expect(stdout).toContain('Nothing was ended. With --yes it is.');
    expect(kills(shop)).toEqual([]);
    expect(shop.orders).toEqual([]);
  });

  test('is refused while the stack is not proven to be well, and ends nothing', async () => {
    const shop = await runningShop({ isShunned: true });
    const { code, stdout } = await shop.start(['drill', '--yes', '--json']).ended;
    expect(JSON.parse(stdout)).toMatchObject({
      error: { kind: 'DrillRefused', message: expect.stringMatching(/proven to be well.*rekindle up/) },
      exitCode: 1,
    });
    expect(code).toBe(1);
    expect(kills(shop)).toEqual([]);
  });

  test('proves the stack by two writes, and ends every container of the cluster at once', async () => {
    const shop = await runningShop();
    const { code, stdout, stderr } = await shop.start(['drill', '--yes', '--json']).ended;
    // This engine knows no kill: what still runs is not called rehearsed, and is proven all the same.
    expect(code, stderr).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: { state: 'healthy', proven: 'verified' },
      notEnded: [expect.any(String), expect.any(String)],
      kept: [{ answer: 'yes' }, { answer: 'yes' }],
    });
    expect(kills(shop).toSorted()).toEqual([
      'POST /containers/proxy/kill?signal=SIGKILL',
      'POST /containers/server/kill?signal=SIGKILL',
    ]);
    const history = await shop.start(['history']).ended;
    expect(history.stdout).toContain('rehearsal: ending all 2 containers of shop at once');
  });
});
