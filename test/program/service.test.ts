import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';

import { selfTestUnit } from '../../src/service/units/systemd-unit.ts';
import { serviceSpec } from '../fakes/service-spec.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { programFile, ServicePc, servicePcRoot } from './service-pc.ts';

const unit = '/etc/systemd/system/rekindle.service';
const dropIns = `${unit}.d`;
const asAlice = 'runuser -u alice -- env XDG_RUNTIME_DIR=/run/user/1000';

let lacking: string | undefined;
let machine: ServicePc | undefined;

beforeAll(async () => {
  const { root, lacking: reason } = await servicePcRoot();
  lacking = reason;
  if (root !== undefined) machine = await ServicePc.boot(root);
}, 600_000);
afterAll(() => machine?.remove(), 60_000);

function pc(context: TestContext): ServicePc {
  if (machine === undefined) return skipWhen(context, lacking ?? 'no PC') as never;
  return machine;
}

/** Everything that an installation could leave: units, enablement, and files of alice. */
async function traces(at: ServicePc): Promise<string> {
  return at.shell('find /etc/systemd /run/systemd/system /home/alice /var/lib/systemd/linger | sort');
}

const installSystem = ['service', 'install', '--system', '--run-as', 'alice'] as const;

describe('the agent of a PC that systemd runs', { timeout: 120_000 }, () => {
  test('is refused where others could change it, and nothing is changed', async (context) => {
    const at = pc(context);
    const before = await traces(at);
    await at.shell('chmod o+w /usr/local/lib/rekindle');
    const refused = await at.rekindle(installSystem);
    expect(refused).toMatchObject({ stdout: '', exitCode: 1 });
    expect(refused.stderr).toMatch(
      /^rekindle: The service is not installed: .*\/usr\/local\/lib\/rekindle: everybody can write it .*chmod o-w \/usr\/local\/lib\/rekindle\n$/,
    );
    await at.shell('chmod o-w /usr/local/lib/rekindle');
    const nobody = await at.rekindle(['service', 'install', '--system']);
    expect(nobody.stderr).toContain('--run-as USER');
    const outsider = await at.rekindle(['service', 'install', '--system', '--run-as', 'games']);
    // It has no home that it could write, and no right to the engine.
    expect(outsider.exitCode).toBe(1);
    expect(await traces(at)).toBe(before);
  });

  test('is tried under its own limits, installed, started, and told by status', async (context) => {
    const at = pc(context);
    const dry = await at.rekindle([...installSystem, '--dry-run']);
    expect(dry).toMatchObject({ stderr: '', exitCode: 0 });
    expect((await at.rekindle(['service', 'status'])).exitCode).toBe(1);

    const installed = await at.rekindle([...installSystem, '--context', 'k3d-shop', '--json']);
    // There is no such context yet: the self-test says so, in the words of the agent.
    expect(JSON.parse(installed.stdout)).toMatchObject({ error: { kind: 'ServiceRefused' }, exitCode: 1 });

    await at.shell('install -d -o alice -g alice /home/alice/.kube');
    await at.write(
      '/home/alice/.kube/config',
      `clusters: [{ name: k3d-shop, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: admin, user: {} }]
contexts: [{ name: k3d-shop, context: { cluster: k3d-shop, user: admin } }]
`,
    );
    const again = await at.rekindle([...installSystem, '--context', 'k3d-shop', '--json']);
    expect(again.stderr).toBe('');
    const { answers } = JSON.parse(again.stdout) as {
      answers: readonly { question: string; answer: string }[];
    };
    expect(answers.map(({ question, answer }) => `${question}: ${answer}`)).toEqual([
      'read the stack file: yes',
      'read the kubeconfig: yes',
      'ask the container engine: yes',
      'run k3d: yes',
      'write the journal: yes',
    ]);
    expect(await at.property('ActiveState')).toBe('active');
    expect(await at.property('User')).toBe('alice');
    expect(await at.property('UnitFileState')).toBe('enabled');
    expect(await at.shell('stat -c %U:%a /home/alice/.local/state/rekindle/journal.db')).toBe('alice:600');

    const status = await at.rekindle(['service', 'status']);
    expect(status, status.stdout).toMatchObject({ stderr: '', exitCode: 0 });
    expect(status.stdout).toContain('active since');
    expect(status.stdout).toContain('nobody else can change them');
    const own = await at.rekindle(['service', 'status', '--json'], 'alice');
    expect(JSON.parse(own.stdout)).toMatchObject({ installed: true, scope: 'system', grade: 'well' });
    const logs = await at.rekindle(['service', 'logs', '-n', '5']);
    expect(logs.stdout).toContain('Started rekindle.service');
    const follow = ['timeout', '--preserve-status', '--signal=INT', '2', '/usr/local/bin/rekindle'];
    const followed = await at.pc.run([...follow, 'service', 'logs', '-f', '-n', '100']);
    expect(followed).toMatchObject({
      exitCode: 130,
      stdout: expect.stringContaining('Started rekindle.service'),
    });
    const both = await at.rekindle(['service', 'status', '--user', '--system']);
    expect(both).toMatchObject({ stdout: '', exitCode: 64 });
  });

  test('has a unit that systemd finds nothing wrong with', async (context) => {
    const at = pc(context);
    expect(await at.shell(`systemd-analyze verify ${unit} 2>&1`)).toBe('');
    // 30 of 100 is 3.0 of 10 (systemd-analyze(1), security).
    const rating = await at.shell(`systemd-analyze security --offline=true --threshold=30 ${unit}`);
    expect(rating).toMatch(/Overall exposure level for rekindle\.service: [0-2]\.\d/);
  });

  test('gets its arguments, variables and folders as they are, whatever is in their names', async (context) => {
    const at = pc(context);
    const odd = [
      ' ',
      '  a  ',
      '"',
      "'",
      '\\',
      '\\x41\\n',
      '%',
      '%%h%',
      '$HOME',
      '${HOME}',
      '$$',
      ';',
      '#',
      '-',
      '+',
      '@',
      '!',
      ':',
      '',
      '{a,b}',
      '*',
      '~',
      '`id`',
      'ä\u{1F525}\u00A0',
    ];
    const folder = `/srv/${odd.filter((text) => text !== '').join('')}`;
    // The only thing that systemd allows nowhere is a quote or a backslash in the path of a program.
    const program = `${folder.replaceAll(/["'\\]/g, '')}/program`;
    const environment = Object.fromEntries(odd.map((text, index) => [`ODD_${index}`, text]));
    const spec = serviceSpec({
      program: [program, ...odd],
      environment: { ...environment, FOLDER: folder },
      writes: [folder],
      needs: [program],
    });
    await at.pc.output(['mkdir', '-p', folder, path.dirname(program)]);
    await at.pc.output(['chown', 'alice', folder]);
    await at.write(
      '/root/program',
      `#!/usr/local/bin/node
require('node:fs').writeFileSync(process.env.FOLDER + '/written', '');
console.log(JSON.stringify({ words: process.argv.slice(2), environment: process.env }));
`,
      0o755,
    );
    await at.pc.output(['cp', '/root/program', program]);
    await at.write('/run/systemd/system/rekindle-words.service', selfTestUnit(spec, '/run/words %h.json'));
    await at.shell('systemctl daemon-reload && systemctl start rekindle-words.service');
    const found = JSON.parse(await at.shell('cat "/run/words %h.json"')) as {
      words: readonly string[];
      environment: Readonly<Record<string, string>>;
    };
    expect(found.words.slice(0, odd.length)).toEqual(odd);
    expect(found.words.slice(odd.length)).toEqual(['service', 'self-test', '--json']);
    expect(found.environment).toMatchObject(environment);
    expect(await at.pc.output(['ls', folder])).toContain('written');
    expect(await at.shell('systemd-analyze verify /run/systemd/system/rekindle-words.service 2>&1')).toBe('');
    await at.shell('rm /run/systemd/system/rekindle-words.service && systemctl daemon-reload');
  });

  test('is started again when it is killed, and when it hangs', async (context) => {
    const at = pc(context);
    const first = await at.property('MainPID');
    await at.shell('systemctl kill --kill-who=main --signal=SIGKILL rekindle.service');
    const second = await at.until('MainPID', (pid) => pid !== '0' && pid !== first);
    await at.until('SubState', (state) => state === 'running');
    expect(await at.property('NRestarts')).toBe('1');

    await at.shell(`mkdir -p ${dropIns}`);
    await at.write(`${dropIns}/quick.conf`, '[Service]\nWatchdogSec=2\nRestartSec=100ms\n');
    await at.shell('systemctl daemon-reload && systemctl restart rekindle.service');
    const third = await at.property('MainPID');
    expect(third).not.toBe(second);
    const invocation = await at.property('InvocationID');
    await at.shell('systemctl kill --kill-who=main --signal=SIGSTOP rekindle.service');
    await at.until('MainPID', (pid) => pid !== '0' && pid !== third);
    await at.until('SubState', (state) => state === 'running');
    expect(
      await at.shell(
        `journalctl --no-pager -o cat INVOCATION_ID=${invocation} + _SYSTEMD_INVOCATION_ID=${invocation}`,
      ),
    ).toMatch(/Watchdog timeout/);
    // With a watchdog of 2 s an agent that works lives on.
    const fourth = await at.property('MainPID');
    await at.shell('sleep 5');
    expect(await at.property('MainPID')).toBe(fourth);
    await at.shell(`rm -r ${dropIns} && systemctl daemon-reload && systemctl restart rekindle.service`);
  });

  test('is back after a loss of power right after its installation, with nobody logged in', async (context) => {
    const at = pc(context);
    await at.rekindle([...installSystem, '--namespace', 'shop']);
    const cut = await at.pc.cut();
    expect(cut.discardedDirty).toBe(true);
    await at.pc.boot();
    await at.until('SubState', (state) => state === 'running');
    expect(await at.shell('loginctl list-sessions --no-legend')).toBe('');
    expect(await at.property('NRestarts')).toBe('0');
    // What was chosen at the first installation was kept by the second.
    expect(await at.shell('tr "\\0" " " </proc/$(systemctl show -p MainPID --value rekindle)/cmdline')).toBe(
      `/usr/local/bin/node ${programFile} watch --context k3d-shop --namespace shop`,
    );
    const upSince = async (unitName: string) =>
      Number(await at.shell(`systemctl show ${unitName} --property=ActiveEnterTimestampMonotonic --value`));
    expect(await upSince('docker.service')).toBeLessThan(await upSince('rekindle.service'));
  });

  test('that is broken is given up after its starts are spent, and status says so', async (context) => {
    const at = pc(context);
    await at.shell(`cp ${programFile} /root/whole.js && mkdir -p ${dropIns}`);
    await at.write(`${dropIns}/quick.conf`, '[Service]\nRestartSec=20ms\n');
    await at.write(programFile, 'process.exit(3);\n', 0o755);
    await at.shell('systemctl daemon-reload && systemctl kill --signal=SIGKILL rekindle.service');
    await at.until('ActiveState', (state) => state === 'failed', 40_000);
    await at.shell(`cp /root/whole.js ${programFile}`);
    const status = await at.rekindle(['service', 'status']);
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toMatch(/failed \(exit code 3\): systemd gave up after \d+ restarts/);
    // Another program in its place is told, whoever put it there.
    await at.shell(`cp /root/whole.js ${programFile}; echo '// changed' >>${programFile}`);
    const changed = await at.rekindle(['service', 'status']);
    expect(changed.stdout).toContain(`${programFile} is not the one that was installed`);
    await at.shell(`cp /root/whole.js ${programFile}`);
    const repaired = await at.rekindle(installSystem);
    expect(repaired, repaired.stderr).toMatchObject({ exitCode: 0 });
    expect(await at.property('ActiveState')).toBe('active');
  });

  test('is as before when another one cannot be started in its place', async (context) => {
    const at = pc(context);
    const before = await at.shell(`cat ${unit}`);
    // The manager says more of its next tries than the agent had words, before anybody reads them.
    await at.shell(`mkdir -p /opt/other ${dropIns}`);
    await at.write(`${dropIns}/quick.conf`, '[Service]\nRestartSec=1ms\n');
    await at.write(
      '/opt/other/rekindle.mjs',
      `if (process.argv[2] === 'watch') { console.error('no way'); process.exit(7); } else await import('${programFile}');`,
    );
    const failed = await at.pc.run(['/usr/local/bin/node', '/opt/other/rekindle.mjs', ...installSystem]);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toMatch(/could not be installed.*no way.*Everything is as before/);
    expect(await at.shell(`cat ${unit}`)).toBe(before);
    expect(await at.property('ActiveState')).toBe('active');
    expect(await at.property('UnitFileState')).toBe('enabled');
    await at.shell(`rm -r ${dropIns}`);
    expect(await at.shell('systemctl list-units --all --no-legend "rekindle-self-test*"')).toBe('');
  });

  test('leaves nothing when it is removed', async (context) => {
    const at = pc(context);
    const removed = await at.rekindle(['service', 'uninstall', '--json']);
    expect(JSON.parse(removed.stdout)).toMatchObject({ kept: '/home/alice/.local/state/rekindle' });
    expect((await at.rekindle(['service', 'status'])).exitCode).toBe(1);
    expect(await at.property('LoadState')).toBe('not-found');
    expect(await traces(at)).not.toContain('/systemd/system/rekindle');
    const again = await at.rekindle(['service', 'uninstall']);
    expect(again).toMatchObject({ stderr: '', exitCode: 0 });
    expect(again.stdout).toContain('The agent is not installed');
  });

  test("of a user's own manager: needs no root, says that it needs a login, and comes at a boot when it lingers", async (context) => {
    const at = pc(context);
    await at.shell('rm -rf /home/alice/.local /home/alice/.config');
    const before = await traces(at);
    const nothing = await at.rekindle(['service', 'uninstall'], 'alice');
    expect(nothing, nothing.stderr).toMatchObject({ exitCode: 0 });
    const noManager = await at.rekindle(['service', 'install'], 'alice');
    expect(noManager.exitCode).toBe(1);
    expect(noManager.stderr).toContain('loginctl enable-linger');

    // As after a login.
    await at.shell('systemctl start user@1000.service');
    const installed = await at.rekindle(['service', 'install'], 'alice');
    expect(installed, installed.stderr).toMatchObject({ exitCode: 0 });
    expect(installed.stdout).toContain('It starts only when alice logs in');
    const status = await at.rekindle(['service', 'status'], 'alice');
    expect(status.stdout).toContain('rekindle.service (user unit): active since');
    expect(status, status.stdout).toMatchObject({ exitCode: 0 });
    expect(
      await at.shell(
        `${asAlice} systemd-analyze --user verify /home/alice/.config/systemd/user/rekindle.service 2>&1`,
      ),
    ).toBe('');

    // logind does not sync what it keeps of that.
    await at.shell('loginctl enable-linger alice && sync');
    await at.pc.cut();
    await at.pc.boot();
    expect(await at.shell('loginctl list-sessions --no-legend')).toBe('');
    const manager = `${asAlice} systemctl --user`;
    await at.shell(`until [ "$(${manager} is-active rekindle.service)" = active ]; do sleep 0.1; done`);
    expect(await at.property('NRestarts', manager)).toBe('0');
    const kept = await at.rekindle(['service', 'install'], 'alice');
    expect(kept.stdout).not.toContain('logs in');

    const removed = await at.rekindle(['service', 'uninstall', '--purge'], 'alice');
    expect(removed, removed.stderr).toMatchObject({ exitCode: 0 });
    await at.shell(
      'loginctl disable-linger alice; rmdir --parents --ignore-fail-on-non-empty /home/alice/.local/state /home/alice/.config 2>/dev/null; true',
    );
    expect(await traces(at)).toBe(before);
  });
});
