import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, type TestContext } from 'vitest';

import packageFile from '../../package.json' with { type: 'json' };
import { bundle } from '../../scripts/bundle.ts';
import { makeRelease } from '../../scripts/release.ts';
import { steps } from '../../src/act/steps/index.ts';
import { fakeApiServer } from '../fakes/api-server.ts';
import { fakeEngine } from '../fakes/docker-engine.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { type CleanDebian, cleanDebian, cleanDebianBase, npmFolder, type Shown } from './clean-debian.ts';

const { version } = packageFile;
const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), 'rekindle-release-test-'));
const release = path.join(folder, 'release');

beforeAll(() => makeRelease(release), 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the release is one file that needs no package beside it', async () => {
  const home = temporaryFolder();
  const program = path.join(home, 'rekindle.js');
  copyFileSync(await bundle(), program);
  // No PATH, no home of the user: nothing but the file itself.
  const options = { cwd: home, env: { HOME: home, DOCKER_HOST: `unix://${home}/no.sock` } };
  const { stdout } = await run(process.execPath, [program, '--version'], options);
  expect(stdout.trim()).toBe(version);
  const status = run(process.execPath, [program, 'status'], options);
  await expect(status).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('no.sock') });
});

test('the checksums are those of every other file of the release', async () => {
  const { stdout } = await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: release });
  const names = [
    'THIRD-PARTY-NOTICES.txt',
    'install.sh',
    'pooler-image.tar.gz',
    'rekindle',
    `rekindle-${version}.tgz`,
  ];
  expect(stdout).toBe(names.map((name) => `${name}: OK\n`).join(''));
});

/** One cluster of k3d with one node, whose API has an empty list for everything. */
async function emptyCluster() {
  const home = temporaryFolder();
  const labels = { app: 'k3d', 'k3d.cluster': 'shop', 'k3d.role': 'server' };
  const engine = await fakeEngine({
    'GET /containers/json': { json: [{ Id: 'aaa', Labels: labels }] },
    'GET /containers/aaa/json': {
      json: {
        Id: 'aaa',
        Name: '/k3d-shop-server-0',
        RestartCount: 0,
        Config: { Labels: labels },
        State: { Status: 'running', StartedAt: '2026-11-24T05:00:00.5Z', ExitCode: 0 },
        HostConfig: { RestartPolicy: { Name: 'unless-stopped' }, PortBindings: null },
        NetworkSettings: { Ports: null, Networks: null },
      },
    },
  });
  const nothing = { json: { kind: 'List', metadata: {}, items: [] } };
  const api = await fakeApiServer({ answer: ({ url }) => (url === '/readyz' ? { text: 'ok' } : nothing) });
  const server = api.config.clusters[0]?.server;
  const kubeConfig = path.join(home, 'kubeconfig');
  writeFileSync(
    kubeConfig,
    `clusters: [{ name: k3d-shop, cluster: { server: '${server}', insecure-skip-tls-verify: true } }]
users: [{ name: admin, user: { token: a-token } }]
contexts: [{ name: k3d-shop, context: { cluster: k3d-shop, user: admin } }]
current-context: k3d-shop
`,
  );
  return { engine, api, env: { HOME: home, KUBECONFIG: kubeConfig, DOCKER_HOST: engine.url } };
}

/** What the program asks of an empty cluster, and what it says of it. */
async function diagnosis(file: string, ...args: readonly string[]) {
  const { engine, api, env } = await emptyCluster();
  const command = run(file, [...args, 'diagnose', '--json', '--namespace', 'shop'], { env });
  const ended = await command.catch((error: { code: number; stdout: string; stderr: string }) => error);
  const asked = [...engine.requests, ...api.requests.map(({ method, url }) => `${method} ${url}`)];
  const { schema } = JSON.parse(ended.stdout) as { schema: string };
  return {
    code: 'code' in ended ? ended.code : 0,
    stderr: ended.stderr,
    schema,
    asked: [...new Set(asked)].sort(),
  };
}

test('the executable asks and says of a cluster what the bundle does', async () => {
  const expected = await diagnosis(process.execPath, await bundle());
  expect(expected.asked.join('\n')).toContain('/api/v1/namespaces/shop/pods');
  expect(await diagnosis(path.join(release, 'rekindle'))).toEqual(expected);
});

/** A Debian that has the release folder, and what else is shown. Skips the test where there can be none. */
async function debianWith(context: TestContext, shown: Shown = {}): Promise<CleanDebian> {
  const found = await cleanDebianBase();
  if (found.base === undefined) return skipWhen(context, found.lacking) as never;
  const debian = await cleanDebian(found.base, { ...shown, '/mnt': release });
  onTestFinished(debian.remove);
  return debian;
}

/** The program answers, speaks of a missing engine in one line, and opens its journal. */
async function expectUsable({ run: shell }: CleanDebian): Promise<void> {
  expect(await shell('rekindle --version')).toEqual({ stdout: `${version}\n`, stderr: '', exitCode: 0 });

  const help = await shell('rekindle --help');
  expect(help).toMatchObject({ stderr: '', exitCode: 0 });
  expect(help.stdout).toMatch(/^Usage: rekindle /);

  const list = await shell('rekindle step list --json');
  expect(list).toMatchObject({ stderr: '', exitCode: 0 });
  expect(JSON.parse(list.stdout)).toMatchObject({ steps: Object.keys(steps) });

  const status = await shell('rekindle status');
  expect(status).toMatchObject({ stdout: '', exitCode: 2 });
  expect(status.stderr).toMatch(/^rekindle: [^\n]*\/var\/run\/docker\.sock[^\n]*\n$/);

  const history = await shell('rekindle history');
  expect(history).toEqual({ stdout: 'Nothing has been recorded yet.\n', stderr: '', exitCode: 0 });
  expect((await shell('test -s ~/.local/state/rekindle/journal.db')).exitCode).toBe(0);
}

describe('on a clean Debian, without root and without a network', { timeout: 600_000 }, () => {
  test('install.sh gives the executable, which needs no Node', async (context) => {
    const debian = await debianWith(context);
    expect((await debian.run('command -v node')).exitCode).not.toBe(0);
    const before = await debian.run('find . | sort');

    const install = await debian.run('/mnt/install.sh --prefix ~/.local');
    expect(install).toMatchObject({ stderr: '', exitCode: 0 });
    expect(install.stdout).toContain(`rekindle ${version} is installed: /home/someone/.local/bin/rekindle\n`);
    await expectUsable(debian);
    const strange = await debian.run('NODE_OPTIONS=--no-such-option rekindle --version');
    expect(strange).toEqual({ stdout: `${version}\n`, stderr: '', exitCode: 0 });

    await debian.run('rm -r ~/.local/state');
    expect(await debian.run('/mnt/install.sh --uninstall')).toMatchObject({ stderr: '', exitCode: 0 });
    expect(await debian.run('find . | sort')).toEqual(before);
  });

  test('npm gives the program, and fetches nothing', async (context) => {
    const npm = await npmFolder();
    if (npm === undefined) return skipWhen(context, 'needs an npm that has its own packages beside it');
    const debian = await debianWith(context, {
      '/usr/local/bin/node': process.execPath,
      '/usr/local/lib/node_modules/npm': npm,
    });
    const command = 'node /usr/local/lib/node_modules/npm/bin/npm-cli.js';
    const install = await debian.run(`${command} install -g --prefix ~/.local /mnt/rekindle-${version}.tgz`);
    expect(install).toMatchObject({ stderr: '', exitCode: 0 });
    await expectUsable(debian);

    const refused = await debian.run('/mnt/install.sh');
    expect(refused).toMatchObject({ stdout: '', exitCode: 1 });
    expect(refused.stderr).toMatch(/^install\.sh: [^\n]*npm uninstall -g rekindle[^\n]*\n$/);
    const gone = await debian.run(`${command} uninstall -g --prefix ~/.local rekindle`);
    expect(gone).toMatchObject({ stderr: '', exitCode: 0 });
    expect((await debian.run('command -v rekindle')).exitCode).not.toBe(0);
  });
});
