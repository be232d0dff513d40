import { execFile, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';

import { SqliteJournal } from '../../src/adapters/stores/sqlite-journal.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const token = 'a-token-that-nobody-may-see';

const kubeConfig = `apiVersion: v1
kind: Config
clusters: [{ name: k3d-shop, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: admin, user: { token: ${token} } }]
contexts: [{ name: k3d-shop, context: { cluster: k3d-shop, user: admin } }]
current-context: k3d-shop
`;
const stackHead = 'apiVersion: rekindle.dev/v1alpha1\nkind: Stack\nmetadata: { name: shop }\n';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the program in a home of its own, with a kubeconfig and no container engine. */
function start(home: string, args: readonly string[], environment: Case['environment'] = {}): Running {
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
    KUBECONFIG: join(home, 'kubeconfig'),
    DOCKER_HOST: `unix://${join(home, 'docker.sock')}`,
    ...environment,
  };
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  const child = execFile(process.execPath, [main, ...args], { cwd: home, env }, (_error, stdout, stderr) =>
    resolve({ code: child.exitCode ?? -1, stdout, stderr }),
  );
  return { child, ended };
}

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly kind: string;
  /** Cause, place and next move, in this order or another. */
  readonly says: readonly RegExp[];
  readonly prepare?: (home: string) => void;
  readonly environment?: Readonly<Record<string, string>>;
}

const file = (name: string, text: string) => (home: string) => writeFileSync(join(home, name), text);

function newerJournal(home: string): void {
  const path = join(home, 'newer.db');
  SqliteJournal.open(path).close();
  const database = new DatabaseSync(path);
  database.exec('INSERT INTO migrations (number, applied_at) VALUES (99, 0)');
  database.close();
}

const cases: readonly Case[] = [
  {
    name: 'an unknown command',
    args: ['upp'],
    code: 64,
    kind: 'UsageError',
    says: [/unknown command 'upp'/, /Did you mean up/, /rekindle --help/],
  },
  {
    name: 'an unknown option',
    args: ['up', '--tiemout', '3m'],
    code: 64,
    kind: 'UsageError',
    says: [/unknown option '--tiemout'/, /rekindle up --help/],
  },
  {
    name: 'a time without a unit',
    args: ['up', '--timeout', '90'],
    code: 64,
    kind: 'UsageError',
    says: [/--timeout/, /90s, 5m or 1h/],
  },
  {
    name: 'a missing argument',
    args: ['step', 'run'],
    code: 64,
    kind: 'UsageError',
    says: [/missing required argument 'name'/, /rekindle step run --help/],
  },
  {
    name: 'an unknown step',
    args: ['step', 'run', 'reboot'],
    code: 64,
    kind: 'UsageError',
    says: [/no step reboot/, /start-cluster/, /rekindle step list/],
  },
  {
    name: 'a step whose name is not known whole',
    args: ['step', 'run', 'sync'],
    code: 64,
    kind: 'UsageError',
    says: [/did you mean sync-pooler-credentials\?/, /rekindle step list/],
  },
  {
    name: 'an unknown command after help',
    args: ['help', 'upp'],
    code: 64,
    kind: 'UsageError',
    says: [/none of that name/, /rekindle diagnose/],
  },
  {
    name: 'a pause without a length',
    args: ['pause', 'tomorrow'],
    code: 64,
    kind: 'UsageError',
    says: [/"tomorrow" is no time/, /rekindle pause 2h/],
  },
  {
    name: 'an unknown profile, before a cluster is asked',
    args: ['pooler', 'profile', 'set', 'quik'],
    code: 64,
    kind: 'UsageError',
    says: [/no profile quik/, /there are .*quick/],
  },
  {
    name: 'a journal that is not there',
    args: ['history', '--journal', 'gone.db'],
    code: 64,
    kind: 'UsageError',
    says: [/no such file/, /gone\.db/, /leave --journal out/],
  },
  {
    name: 'a place of backups that is not there: no word that it has none',
    args: ['backup', 'list', '--at', 'usb/backups'],
    code: 64,
    kind: 'UsageError',
    says: [/no such folder/, /usb\/backups/, /plug that in/],
  },
  {
    name: 'two kinds of restores at once',
    args: ['backup', 'restore', '--from-nothing', '--uploads', 'files'],
    code: 64,
    kind: 'UsageError',
    says: [/do not go together/, /--from-nothing and --uploads/, /Name one/],
  },
  {
    name: 'a stack file that is not there',
    args: ['up', '--stack', 'gone.yaml'],
    code: 64,
    kind: 'StackFileUnreadable',
    says: [/there is no such file/, /gone\.yaml/, /Check its name/],
  },
  {
    name: 'a stack file that cannot be read',
    args: ['up', '--stack', 'folder'],
    code: 64,
    kind: 'StackFileUnreadable',
    says: [/EISDIR/, /folder/, /permissions/],
    prepare: (home) => mkdirSync(join(home, 'folder')),
  },
  {
    name: 'a stack file that is no YAML',
    args: ['up'],
    code: 64,
    kind: 'StackFileInvalid',
    says: [/rekindle\.yaml/, /line 2:/, /Correct/],
    prepare: file('rekindle.yaml', 'a: [1\nb: 2'),
  },
  {
    name: 'a stack file with an alias that leads nowhere',
    args: ['up'],
    code: 64,
    kind: 'StackFileInvalid',
    says: [/rekindle\.yaml/, /alias/i],
    prepare: file('rekindle.yaml', `${stackHead}spec: *nowhere\n`),
  },
  {
    name: 'everything that is wrong in a stack file',
    args: ['up'],
    code: 64,
    kind: 'StackFileInvalid',
    says: [/line 5: spec: unknown key "namespce"/, /line 6: spec\.policy\.attempts/, /Correct these 2/],
    prepare: file('rekindle.yaml', `${stackHead}spec:\n  namespce: shop\n  policy: { attempts: many }\n`),
  },
  {
    name: 'a kubeconfig that is not there',
    args: ['status'],
    code: 64,
    kind: 'KubeConfigUnusable',
    says: [/no Kubernetes context/, /kubeconfig/, /Set KUBECONFIG/],
    prepare: (home) => writeFileSync(join(home, 'kubeconfig'), ''),
  },
  {
    name: 'a kubeconfig that is no YAML',
    args: ['status'],
    code: 64,
    kind: 'KubeConfigUnusable',
    says: [/line \d+ is not valid YAML/, /kubeconfig/, /Repair the file/],
    prepare: file('kubeconfig', `users:\n- name: a\n  user:\n    token: ${token}\n   broken: [\n`),
  },
  {
    name: 'a kubeconfig that is something else',
    args: ['status'],
    code: 64,
    kind: 'KubeConfigUnusable',
    says: [/contexts is not a list/, /kubeconfig/, /Repair the file/],
    prepare: file('kubeconfig', `contexts: ${token}\n`),
  },
  {
    name: 'an unknown context',
    args: ['up', '--context', 'k3d-shpo'],
    code: 64,
    kind: 'TargetUnclear',
    says: [/no context k3d-shpo/, /known are: k3d-shop/, /--context/],
  },
  {
    name: 'a journal folder that cannot be written: no action',
    args: ['up', '--journal', 'plain-file/journal.db'],
    code: 2,
    kind: 'JournalUnavailable',
    says: [/journal cannot be opened/, /plain-file/, /another folder/],
    prepare: file('plain-file', ''),
  },
  {
    name: 'a journal that is no database: no action',
    args: ['up', '--journal', 'notes.txt'],
    code: 2,
    kind: 'JournalUnavailable',
    says: [/not a database/, /notes\.txt/, /Move the file away/],
    prepare: file('notes.txt', 'milk, bread, butter'.repeat(100)),
  },
  {
    name: 'a journal of a newer program: no action',
    args: ['up', '--journal', 'newer.db'],
    code: 2,
    kind: 'JournalUnavailable',
    says: [/newer Rekindle/, /newer\.db/, /Use the newer program/],
    prepare: newerJournal,
  },
  {
    name: 'a journal that history cannot read',
    args: ['history', '--journal', 'notes.txt'],
    code: 2,
    kind: 'JournalUnavailable',
    says: [/not a database/, /notes\.txt/, /Move the file away/],
    prepare: file('notes.txt', 'milk, bread, butter'.repeat(100)),
  },
  {
    name: 'no container engine',
    args: ['diagnose'],
    code: 2,
    kind: 'EngineUnreachable',
    says: [/ENOENT/, /docker\.sock/, /systemctl start docker/],
  },
  {
    name: 'no container engine until the time is over',
    args: ['up', '--timeout', '1s'],
    code: 2,
    kind: 'EngineUnreachable',
    says: [/waiting: /, /docker\.sock/, /systemctl start docker/],
  },
  {
    name: 'an engine that only its own command can reach',
    args: ['up'],
    code: 2,
    kind: 'EngineUnreachable',
    says: [/unix:\/\/ and tcp:\/\//, /ssh:\/\/other/, /Set DOCKER_HOST/],
    environment: { DOCKER_HOST: 'ssh://other' },
  },
  {
    name: 'a folder for copies that is a file',
    args: ['up', '--copy-out', 'notes.txt'],
    code: 64,
    kind: 'UsageError',
    says: [/--copy-out/, /it is no folder/, /notes\.txt/, /Name a folder of your own/],
    prepare: file('notes.txt', ''),
  },
  {
    name: 'a folder for copies among the own state, also when nothing would be done',
    args: ['up', '--dry-run', '--copy-out', 'state/rekindle/copies'],
    code: 64,
    kind: 'UsageError',
    says: [/keeps its own state/, /state\/rekindle\/copies/, /Name a folder of your own/],
  },
  {
    name: 'a folder for copies where nothing is copied',
    args: ['plan', '--copy-out', 'copies'],
    code: 64,
    kind: 'UsageError',
    says: [/unknown option '--copy-out'/, /rekindle plan --help/],
  },
  {
    name: 'a stack file that would be written over',
    args: ['init'],
    code: 64,
    kind: 'UsageError',
    says: [/it is yours/, /rekindle\.yaml/, /--stack/],
    prepare: file('rekindle.yaml', stackHead),
  },
];

test.concurrent.each(cases)(
  'tells $name by one clear error',
  { timeout: 30_000 },
  async ({ args, code, kind, says, prepare, environment }) => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'kubeconfig'), kubeConfig);
    prepare?.(home);

    const ended = await start(home, [...args, '--json'], environment).ended;

    for (const words of says) expect(ended.stderr).toMatch(words);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(ended.stderr + ended.stdout).not.toContain(token);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      schema: 'rekindle.dev/v1alpha1/error',
      error: { kind },
      exitCode: code,
    });
    expect(ended.code).toBe(code);
  },
);

test('without --json standard output stays empty', { timeout: 30_000 }, async () => {
  const ended = await start(temporaryFolder(), ['status']).ended;
  expect(ended).toMatchObject({ code: 64, stdout: '' });
  expect(ended.stderr).toMatch(/^rekindle: /);
});

test.each([['help', 'up'], ['up', '--help'], ['help', 'backup'], ['--version']])(
  'what was asked for is no error: %s %s',
  { timeout: 30_000 },
  async (...args) => {
    const ended = await start(temporaryFolder(), args).ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^(?:Usage: rekindle |\d)/);
  },
);

test('an interrupt while it waits ends with 130', { timeout: 30_000 }, async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'kubeconfig'), kubeConfig);
  const { child, ended } = start(home, ['up']);
  child.stderr?.once('data', () => child.kill('SIGINT'));
  expect(await ended).toMatchObject({ code: 130, stdout: '' });
});
