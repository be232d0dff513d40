import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, type TestContext } from 'vitest';

import packageFile from '../../../package.json' with { type: 'json' };
import { makeRelease } from '../../../scripts/release.ts';
import { steps } from '../../../src/act/steps/index.ts';
import { skipWhen } from '../../fakes/skip-when.ts';
import { type CleanDebian, cleanDebian, cleanDebianBase, npmFolder, type Shown } from './clean-debian.ts';

const { version } = packageFile;
const firstBuildMs = 600_000;
const folder = mkdtempSync(join(tmpdir(), 'rekindle-release-test-'));
const release = join(folder, 'release');
let found: Awaited<ReturnType<typeof cleanDebianBase>>;

beforeAll(async () => {
  found = await cleanDebianBase();
  if ('base' in found) await makeRelease(release);
}, firstBuildMs);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A Debian that has the release folder, and what else is shown. Skips the test where there can be none. */
async function debianWith(context: TestContext, shown: Shown = {}): Promise<CleanDebian> {
  if ('lacking' in found) skipWhen(context, found.lacking);
  const base = 'base' in found ? found.base : '';
  const debian = await cleanDebian(base, { ...shown, '/mnt': release });
  onTestFinished(debian.remove);
  return debian;
}

/** The program answers, speaks of a missing engine in one line, and opens its journal. */
async function expectUsable({ run }: CleanDebian): Promise<void> {
  expect(await run('rekindle --version')).toEqual({ stdout: `${version}\n`, stderr: '', exitCode: 0 });

  const help = await run('rekindle --help');
  expect(help).toMatchObject({ stderr: '', exitCode: 0 });
  expect(help.stdout).toMatch(/^Usage: rekindle /);

  const list = await run('rekindle step list --json');
  expect(list).toMatchObject({ stderr: '', exitCode: 0 });
  expect(JSON.parse(list.stdout)).toMatchObject({ steps: Object.keys(steps) });

  const status = await run('rekindle status');
  expect(status).toMatchObject({ stdout: '', exitCode: 2 });
  expect(status.stderr).toMatch(/^rekindle: [^\n]*\/var\/run\/docker\.sock[^\n]*\n$/);

  const history = await run('rekindle history');
  expect(history).toEqual({ stdout: 'Nothing has been recorded yet.\n', stderr: '', exitCode: 0 });
  expect((await run('test -s ~/.local/state/rekindle/journal.db')).exitCode).toBe(0);
}

describe('on a clean Debian, without root and without a network', () => {
  test('install.sh gives the executable, which needs no Node', { timeout: 60_000 }, async (context) => {
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

  test('npm gives the program, and fetches nothing', { timeout: 60_000 }, async (context) => {
    const npm = await npmFolder();
    if (npm === undefined) skipWhen(context, 'needs an npm that has its own packages beside it');
    const debian = await debianWith(context, {
      '/usr/local/bin/node': process.execPath,
      '/usr/local/lib/node_modules/npm': npm ?? '',
    });
    const command = 'node /usr/local/lib/node_modules/npm/bin/npm-cli.js';
    const install = await debian.run(`${command} install -g --prefix ~/.local /mnt/rekindle-${version}.tgz`);
    expect(install).toMatchObject({ stderr: '', exitCode: 0 });
    await expectUsable(debian);
    const refused = await debian.run('/mnt/install.sh');
    expect(refused).toMatchObject({ stdout: '', exitCode: 1 });
    expect(refused.stderr).toMatch(/^install\.sh: [^\n]*npm uninstall -g rekindle[^\n]*\n$/);
    expect(await debian.run(`${command} uninstall -g --prefix ~/.local rekindle`)).toMatchObject({
      exitCode: 0,
    });
    expect((await debian.run('command -v rekindle')).exitCode).not.toBe(0);
  });
});
