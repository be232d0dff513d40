import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';

import { skipWhen } from '../fakes/skip-when.ts';
import { programFile, ServicePc, servicePcRoot } from './service-pc.ts';

let lacking: string | undefined;
let machine: ServicePc | undefined;

beforeAll(async () => {
  const { root, lacking: reason } = await servicePcRoot();
  lacking = reason;
  if (root === undefined) return;
  machine = await ServicePc.boot(root);
  await machine.shell('install -d -o alice -g alice /home/alice/.kube');
  await machine.write(
    '/home/alice/.kube/config',
    `clusters: [{ name: k3d-shop, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: admin, user: {} }]
contexts: [{ name: k3d-shop, context: { cluster: k3d-shop, user: admin } }]
`,
  );
}, 600_000);
afterAll(() => machine?.remove(), 60_000);

function pc(context: TestContext): ServicePc {
  if (machine === undefined) return skipWhen(context, lacking ?? 'no PC') as never;
  return machine;
}

const schedule = (...words: readonly string[]) => ['backup', 'schedule', ...words] as const;
const install = schedule('install', '--system', '--run-as', 'alice', '--context', 'k3d-shop');
const timer = '/etc/systemd/system/rekindle-backup.timer';
const service = '/etc/systemd/system/rekindle-backup.service';

const show = (at: ServicePc, unit: string, property: string): Promise<string> =>
  at.shell(`systemctl show ${unit} --property=${property} --value`);

/** In how many seconds the timer elapses. */
async function nextIn(at: ServicePc): Promise<number> {
  const text = await at.shell(
    `date -d "$(systemctl show rekindle-backup.timer --property=NextElapseUSecRealtime --value)" +%s`,
  );
  return Number(text) - Number(await at.shell('date +%s'));
}

describe('backups of a PC that systemd runs', { timeout: 120_000 }, () => {
  test('are not scheduled without a key, a place, or where others could change what runs', async (context) => {
    const at = pc(context);
    const noKey = await at.rekindle(install);
    expect(noKey).toMatchObject({ stdout: '', exitCode: 1 });
    expect(noKey.stderr).toMatch(
      /there is no key yet .*\/home\/alice\/.config\/rekindle\/backup.key.*rekindle backup create/,
    );
    // As a first backup by hand leaves them.
    await at.shell(
      'install -d -m 700 -o alice -g alice /home/alice/.config /home/alice/.config/rekindle && cd /home/alice/.config/rekindle && ' +
        'install -m 600 -o alice -g alice /dev/null backup.key && install -m 600 -o alice -g alice /dev/null evidence.key',
    );
    const noPlace = await at.rekindle([...install, '--at', '/mnt/usb/backups']);
    expect(noPlace.stderr).toMatch(/the place of the backups is not there .*\/mnt\/usb\/backups/);
    const noTime = await at.rekindle([...install, '--daily', '25:00']);
    expect(noTime).toMatchObject({ exitCode: 64, stderr: expect.stringContaining('no time of day') });
    await at.shell('chmod o+w /usr/local/lib/rekindle');
    const open = await at.rekindle(install);
    expect(open.stderr).toMatch(/\/usr\/local\/lib\/rekindle: everybody can write it/);
    await at.shell('chmod o-w /usr/local/lib/rekindle');
    expect(await at.shell('ls /etc/systemd/system')).not.toContain('rekindle');
    const status = await at.rekindle(schedule('status'));
    expect(status).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('No backup is made by itself'),
    });
  });

  test('are made by a timer that systemd finds nothing wrong with', async (context) => {
    const at = pc(context);
    const dry = await at.rekindle([...install, '--dry-run']);
    expect(dry).toMatchObject({ stderr: '', exitCode: 0 });
    expect(await at.shell('ls /etc/systemd/system')).not.toContain('rekindle-backup');
    const installed = await at.rekindle([...install, '--every', '6h', '--json']);
    expect(installed, installed.stderr).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(installed.stdout)).toMatchObject({ changed: true, files: [service, timer] });
    expect(await at.shell(`systemd-analyze verify ${service} ${timer} 2>&1`)).toBe('');
    const rating = await at.shell(`systemd-analyze security --offline=true --threshold=30 ${service}`);
    expect(rating).toMatch(/Overall exposure level for rekindle-backup\.service: [0-2]\.\d/);
    expect(await show(at, 'rekindle-backup.timer', 'ActiveState')).toBe('active');
    expect(await show(at, 'rekindle-backup.timer', 'UnitFileState')).toBe('enabled');
    expect(await nextIn(at)).toBeLessThan(6 * 3600 + 400);
    expect(await show(at, 'rekindle-backup.service', 'Nice')).toBe('19');
    expect(await show(at, 'rekindle-backup.service', 'User')).toBe('alice');
    expect(await at.shell('stat -c %U:%a /home/alice/.local/share/rekindle/backups')).toBe('alice:700');
    const status = await at.rekindle(schedule('status'));
    expect(status, status.stdout).toMatchObject({ stderr: '', exitCode: 0 });
    expect(status.stdout).toMatch(
      /^backups \(system units, run as alice\): next \d{4}-.* \(in \d+ (?:h|min)\)\n/,
    );
    expect(status.stdout).toContain('no attempt yet');
  });

  test('that fail are told to a person, and shown', async (context) => {
    const at = pc(context);
    await at.write(
      '/usr/local/bin/tell-me',
      '#!/bin/sh\ncat >/home/alice/.local/state/rekindle/told.json\n',
      0o755,
    );
    await at.shell(
      `printf 'apiVersion: rekindle.dev/v1alpha1\\nkind: Agent\\nnotify: { command: [/usr/local/bin/tell-me] }\\n' >/home/alice/.config/rekindle/agent.yaml && chown alice:alice /home/alice/.config/rekindle/agent.yaml`,
    );
    // As long as it would be tried otherwise nobody wants to wait here.
    const line = (await at.shell(`grep ^ExecStart= ${service}`)).slice('ExecStart='.length);
    await at.shell(`mkdir -p ${service}.d`);
    await at.write(
      `${service}.d/quick.conf`,
      `[Service]\nExecStart=\nExecStart=${line} --patience 1s --timeout 1s\n`,
    );
    await at.shell('systemctl daemon-reload; systemctl start rekindle-backup.service; true');
    expect(await show(at, 'rekindle-backup.service', 'Result')).toBe('exit-code');
    const told = JSON.parse(await at.shell('cat /home/alice/.local/state/rekindle/told.json')) as object;
    expect(told).toMatchObject({
      schema: 'rekindle.dev/v1alpha1/notice',
      kind: 'needs-human',
      title: 'The backup of k3d-shop is not proven',
      text: expect.stringContaining('rekindle backup schedule status'),
    });
    const status = await at.rekindle(schedule('status'));
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toMatch(/no backup was proven yet; the last attempt, \d+ s ago, was not proven: /);
    const own = await at.rekindle(schedule('status', '--json'), 'alice');
    expect(JSON.parse(own.stdout)).toMatchObject({
      grade: 'not-well',
      states: { value: [{ outcome: 'failed' }] },
    });
    expect(await at.shell('journalctl --no-pager -o cat -t rekindle-backup')).toContain('rekindle: ');
    await at.shell(`rm -r ${service}.d && systemctl daemon-reload`);
  });

  test('that were missed while the machine was off are made up for at its start', async (context) => {
    const at = pc(context);
    const again = await at.rekindle([...install, '--daily', '03:00']);
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
    // The last time lies two days back.
    await at.shell("touch -d '2 days ago' /var/lib/systemd/timers/stamp-rekindle-backup.timer && sync");
    await at.pc.cut();
    await at.pc.boot();
    expect(await show(at, 'rekindle-backup.timer', 'ActiveState')).toBe('active');
    const state = await show(at, 'rekindle-backup.service', 'ActiveState');
    // By then it has begun, or waits for up to five minutes.
    const soon = state === 'inactive' ? await nextIn(at) : 0;
    expect(soon).toBeLessThanOrEqual(360);
  });

  test('leave nothing but themselves when their schedule is removed', async (context) => {
    const at = pc(context);
    const removed = await at.rekindle(schedule('uninstall'));
    expect(removed, removed.stderr).toMatchObject({ exitCode: 0 });
    expect(removed.stdout).toContain('The backups stay');
    expect(await at.shell('find /etc/systemd -name "*rekindle*"')).toBe('');
    expect(await show(at, 'rekindle-backup.timer', 'LoadState')).toBe('not-found');
    expect(await at.shell('ls -d /home/alice/.local/share/rekindle/backups')).toContain('backups');
    const again = await at.rekindle(schedule('uninstall'));
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('There is no schedule') });
  });

  test("can be a user's own", async (context) => {
    const at = pc(context);
    await at.shell('systemctl start user@1000.service');
    const installed = await at.rekindle(schedule('install', '--context', 'k3d-shop'), 'alice');
    expect(installed, installed.stderr).toMatchObject({ exitCode: 0 });
    expect(installed.stdout).toContain('loginctl enable-linger alice');
    const unit = '/home/alice/.config/systemd/user/rekindle-backup';
    const asAlice = 'runuser -u alice -- env XDG_RUNTIME_DIR=/run/user/1000';
    expect(
      await at.shell(`${asAlice} systemd-analyze --user verify ${unit}.service ${unit}.timer 2>&1`),
    ).toBe('');
    const status = await at.rekindle(schedule('status'), 'alice');
    expect(status.stdout).toContain('backups (user units): next ');
    expect((await at.rekindle(schedule('uninstall'), 'alice')).exitCode).toBe(0);
    expect(await at.shell(`cat ${programFile} | wc -c`)).not.toBe('0');
  });
});
