import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';

import { sdNotify, type SdNotify, type SdNotifyOptions } from '../../src/service/notify.ts';
import { systemTool } from '../../src/service/tools.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const lacking =
  systemTool('systemd-notify') === undefined || !existsSync('/usr/bin/perl')
    ? 'needs systemd-notify, and perl for a datagram socket'
    : undefined;

/** Says what comes over a datagram socket, a message a line; what systemd-notify waits for ends with the descriptor. */
const receiver = String.raw`
use Socket;
$| = 1;
my $name = $ARGV[0] =~ s/^@/\0/r;
socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) or die $!;
bind($socket, pack("S a*", AF_UNIX, $name)) or die $!;
print "listening\n";
while (defined recv($socket, my $message, 65536, 0)) { print join("|", split(/\n/, $message)), "\n"; }`;

/** What a service manager hears at an address. */
async function manager(address: string): Promise<{ readonly heard: string[]; readonly end: () => void }> {
  const child = spawn('/usr/bin/perl', ['-e', receiver, address], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  const heard: string[] = [];
  lines.on('line', (line) => line.startsWith('BARRIER=1') || heard.push(line));
  return { heard, end: () => void child.kill('SIGKILL') };
}

interface Told {
  readonly notifier: SdNotify;
  readonly lost: string[];
}

function notifierFor(address: string, options: Partial<SdNotifyOptions> = {}): Told {
  const lost: string[] = [];
  const environment = { NOTIFY_SOCKET: address, ...options.environment };
  return { notifier: sdNotify({ lost: (why) => lost.push(why), ...options, environment }), lost };
}

/** Helpers of this process, also those of earlier tests: they live as long as it does. */
function helpers(): readonly number[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const commandLine = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  return children.filter((pid) => pid !== '' && commandLine(pid).includes('IFS= read')).map(Number);
}

/** A stand-in for systemd-notify that cannot be had to fail in this way. */
function tool(script: string): string {
  const file = join(temporaryFolder(), 'systemd-notify');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const missing = (context: TestContext) => skipWhen(context, lacking);

describe('sd_notify by way of systemd-notify', () => {
  it.for(['a path', 'an abstract name'])('says everything to %s, in order', async (kind, context) => {
    missing(context);
    const name = `rekindle-test-${process.pid}`;
    const address = kind === 'a path' ? join(temporaryFolder(), 'notify') : `@${name}`;
    const { heard } = await manager(address);
    const { notifier, lost } = notifierFor(address);
    notifier.ready();
    await notifier.flushed();
    notifier.status('looked 3 s ago\nMAINPID=1\u001B[2J');
    notifier.watchdog();
    notifier.stopping();
    await notifier.flushed();
    await expect.poll(() => heard).toHaveLength(4);
    expect(heard).toEqual(['READY=1', 'STATUS=looked 3 s ago MAINPID=1', 'WATCHDOG=1', 'STOPPING=1']);
    expect(lost).toEqual([]);
  });

  it('keeps only the newest status while one is on its way', async (context) => {
    missing(context);
    const address = join(temporaryFolder(), 'notify');
    const { heard } = await manager(address);
    const { notifier } = notifierFor(address);
    for (let look = 0; look <= 1000; look += 1) notifier.status(`look ${look}`);
    await notifier.flushed();
    await expect.poll(() => heard).toEqual(['STATUS=look 0', 'STATUS=look 1000']);
  });

  it('says when the helper was killed, and sends what it had once more', async (context) => {
    missing(context);
    const address = join(temporaryFolder(), 'notify');
    const { heard } = await manager(address);
    const before = helpers();
    const { notifier, lost } = notifierFor(address);
    notifier.ready();
    await notifier.flushed();
    const [first = 0, ...others] = helpers().filter((pid) => !before.includes(pid));
    expect(others).toEqual([]);
    process.kill(first, 'SIGKILL');
    notifier.watchdog();
    await notifier.flushed();
    await expect.poll(() => heard).toEqual(['READY=1', 'WATCHDOG=1']);
    expect(lost).toEqual(['the helper that talks to systemd is gone: it ended with SIGKILL']);
    expect(helpers()).toHaveLength(before.length + 1);
  });

  it('says so for each message when nobody listens, and goes on', async (context) => {
    missing(context);
    const address = join(temporaryFolder(), 'notify');
    const { end } = await manager(address);
    end();
    rmSync(address);
    const { notifier, lost } = notifierFor(address);
    notifier.ready();
    notifier.watchdog();
    await notifier.flushed();
    expect(lost).toHaveLength(2);
    expect(lost[0]).toMatch(/^systemd-notify: .*No such file or directory/);
  });

  it('replaces a helper that hangs, and tries once more', async () => {
    const started = performance.now();
    const hangs = tool('exec sleep 60');
    const { notifier, lost } = notifierFor('@nobody', {
      environment: { REKINDLE_SYSTEMD_NOTIFY: hangs },
      patienceMs: 200,
    });
    notifier.watchdog();
    await notifier.flushed();
    expect(lost).toEqual(Array(2).fill('the helper that talks to systemd is gone: it did not answer'));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('says so when the tool cannot be run', async () => {
    const { notifier, lost } = notifierFor('@nobody', {
      environment: { REKINDLE_SYSTEMD_NOTIFY: '/no/such/tool' },
    });
    notifier.ready();
    await notifier.flushed();
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatch(/^systemd-notify: .*\/no\/such\/tool.*not found/);
  });

  it('says nothing to nobody without NOTIFY_SOCKET', async () => {
    const before = helpers();
    const lost: string[] = [];
    const notifier = sdNotify({
      environment: { WATCHDOG_USEC: '30000000' },
      lost: (why) => lost.push(why),
    });
    notifier.ready();
    notifier.status('nobody hears this');
    await notifier.flushed();
    expect(notifier.watchdogEveryMs).toBeUndefined();
    expect(helpers()).toEqual(before);
    expect(lost).toEqual([]);
  });

  it.for([
    [{ WATCHDOG_USEC: '30000000' }, 10_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) }, 10_000],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' }, undefined],
    [{ WATCHDOG_USEC: '0' }, undefined],
    [{ WATCHDOG_USEC: 'soon' }, undefined],
    [{}, undefined],
  ] as const)(
    'calls for a sign of life three times as often as the manager waits: %j',
    ([environment, ms]) => {
      expect(notifierFor('@nobody', { environment }).notifier.watchdogEveryMs).toBe(ms);
    },
  );
});
