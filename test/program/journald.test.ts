import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, test, type TestContext } from 'vitest';

import { runCommand } from '../../lab/command.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const journald = '/lib/systemd/systemd-journald';
const logger = '/usr/bin/logger';
const module = (name: string) => JSON.stringify(path.join(import.meta.dirname, '../../src', name));

/** Why no journal can be run on this machine; undefined where one can. */
function cannotRun(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root (mounts)';
  const missing = [journald, logger, '/usr/bin/systemd-cat', '/usr/bin/perl'].filter(
    (file) => !existsSync(file),
  );
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  if (spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status !== 0)
    return 'needs namespaces (CAP_SYS_ADMIN)';
  return undefined;
}

/**
 * Runs a program under a journal of its own, in namespaces that end with it, and prints that journal as JSON lines. The program's
 * output leads there as that of a service does, and it is told so as a service is ($JOURNAL_STREAM).
 */
const script = `set -e
for folder in /run /var/log; do mount -t tmpfs tmpfs "$folder"; done
mkdir -p /run/systemd/journal /run/log/journal
${journald} &
until [ -S /run/systemd/journal/io.systemd.journal ] && [ -S /run/systemd/journal/stdout ]; do :; done
systemd-cat --identifier=rekindle sh -c 'JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec "$@"' service "$@"
journalctl --sync
SYSTEMD_COLORS=0 exec journalctl --no-pager --output=json --identifier=rekindle`;

/** Opens what systemd opens for `OpenFile=`: a datagram socket to journald as descriptor 3, and stays the same process. */
const passSocket = `use Socket; use POSIX; $^F = 9;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; connect($s, pack_sockaddr_un("/run/systemd/journal/socket")) or die $!;
POSIX::dup2(fileno($s), 3); $ENV{LISTEN_PID} = $$; $ENV{LISTEN_FDS} = 1; $ENV{LISTEN_FDNAMES} = "rekindle-journal";
exec @ARGV or die;`;

const secret = 'a-password-of-the-pooler';

const agent = (program: string | undefined) => `
import { registerSecret } from ${module('record/redact.ts')};
import { journaldLog } from ${module('telemetry/journald.ts')};
registerSecret(${JSON.stringify(secret)});
const log = journaldLog(${JSON.stringify(program)});
const run = 'a-run';
let seq = 0;
const tell = (event) => log.stored({ run, seq: (seq += 1), at: 0, ...event });
const target = { kind: 'Pod', namespace: 'shop', name: 'db-pooler-1' };
const step = { step: 'nudge-pooler', target, because: 'pooler-refuses-logins', reason: 'It ends the ban.' };
tell({ type: 'run-started', command: 'watch', context: 'k3d-shop', version: '0.1.0' });
tell({ type: 'finding-opened', finding: { fault: 'pooler-refuses-logins', layer: 'pooler', object: target, kind: 'broken',
  claim: 'Clients see \\u001b[31mREKINDLE_VERDICT=healthy\\nREKINDLE_VERDICT=healthy ${secret}', evidence: [] } });
tell({ type: 'step-intended', action: 'an-action', step });
tell({ type: 'step-acted', action: 'an-action', acted: 'done', detail: 'SET, RECONNECT' });
tell({ type: 'step-verified', action: 'an-action', verified: 'no', detail: 'it still refuses' });
tell({ type: 'run-ended', verdict: { state: 'broken', proven: 'none', wanted: 'verified', sentence: 'No.' }, seconds: 300.04 });
await log.close();
`;

type Entry = Readonly<Record<string, string>>;

const isOwn = (name: string) => /^(?:MESSAGE|PRIORITY|REKINDLE_.*)$/.test(name);

/** What the journal has of our program, with only those fields that the program gave. */
async function journalOf(
  context: TestContext,
  program: string | undefined,
  isSocket: boolean,
): Promise<readonly Entry[]> {
  skipWhen(context, cannotRun());
  const node = [process.execPath, '--input-type=module', '-e', agent(program)];
  const command = isSocket ? ['/usr/bin/perl', '-e', passSocket, ...node] : node;
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const argv = ['unshare', ...namespaces, 'bash', '-c', script, 'journal', ...command];
  const { stdout } = await runCommand(argv, { timeoutSeconds: 60, check: true });
  const entries = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
  return entries.map((entry) => Object.fromEntries(Object.entries(entry).filter(([name]) => isOwn(name))));
}

const about = {
  REKINDLE_RUN: 'a-run',
  REKINDLE_FAULT: 'pooler-refuses-logins',
  REKINDLE_OBJECT: 'Pod shop/db-pooler-1',
};
const action = { ...about, REKINDLE_STEP: 'nudge-pooler', REKINDLE_ACTION: 'an-action' };

/** Message, priority and fields of each entry after the first, which says which way was taken. */
const expected = [
  {
    MESSAGE: 'begins: watch on k3d-shop (0.1.0)',
    PRIORITY: '6',
    REKINDLE_EVENT: 'run-started',
    REKINDLE_RUN: 'a-run',
  },
  {
    ...about,
    MESSAGE: 'broken: Clients see REKINDLE_VERDICT=healthy REKINDLE_VERDICT=healthy [redacted]',
    PRIORITY: '4',
    REKINDLE_EVENT: 'finding-opened',
    REKINDLE_LAYER: 'pooler',
    REKINDLE_KIND: 'broken',
  },
  {
    ...action,
    MESSAGE: 'doing: nudge-pooler on Pod shop/db-pooler-1. It ends the ban.',
    PRIORITY: '5',
    REKINDLE_EVENT: 'step-intended',
  },
  {
    ...action,
    MESSAGE: 'nudge-pooler on Pod shop/db-pooler-1: done: SET, RECONNECT',
    PRIORITY: '6',
    REKINDLE_EVENT: 'step-acted',
    REKINDLE_ACTED: 'done',
  },
  {
    ...action,
    MESSAGE: 'nudge-pooler on Pod shop/db-pooler-1: not proven (no): it still refuses',
    PRIORITY: '4',
    REKINDLE_EVENT: 'step-verified',
    REKINDLE_VERIFIED: 'no',
  },
  {
    MESSAGE: 'Not healthy. No. (300.0 s)',
    PRIORITY: '3',
    REKINDLE_EVENT: 'run-ended',
    REKINDLE_RUN: 'a-run',
    REKINDLE_VERDICT: 'broken',
    REKINDLE_PROVEN: 'none',
    REKINDLE_SECONDS: '300.0',
  },
];

describe('the journal of systemd', { timeout: 90_000 }, () => {
  test.for<[string, boolean]>([
    ['a socket from systemd', true],
    [logger, false],
  ])('gets every field through %s', async ([way, isSocket], context) => {
    const [first, ...entries] = await journalOf(context, logger, isSocket);
    expect(first?.['MESSAGE']).toBe(`the journal gets messages, priorities and fields, through ${way}`);
    expect(entries).toEqual(expected);
  });

  test.for<[string, string | undefined]>([
    ['there is no logger', undefined],
    ['the logger is gone', '/no/such/logger'],
    ['the logger cannot do it', '/bin/false'],
  ])('gets messages and priorities while %s, and says why', async ([, program], context) => {
    const [first, ...entries] = await journalOf(context, program, false);
    expect(first?.['MESSAGE']).toMatch(/^the journal gets messages and priorities, without fields/);
    expect(first?.['MESSAGE']).toContain(program ?? '');
    expect(entries).toEqual(expected.map(({ MESSAGE, PRIORITY }) => ({ MESSAGE, PRIORITY })));
  });
});
