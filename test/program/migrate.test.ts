import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';

import { bundle } from '../../scripts/bundle.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const root = path.join(import.meta.dirname, '../..');
const program = path.join(root, 'dist/rekindle.js');

beforeAll(async () => {
  await bundle();
});

interface Setting {
  readonly folder: string;
  readonly run: (
    ...args: string[]
  ) => Promise<{ readonly exitCode?: number | undefined; readonly stdout: string; readonly stderr: string }>;
}

/** A folder with a copy of the example, in which the program runs without a cluster and without a home. */
function setting(): Setting {
  const folder = temporaryFolder();
  cpSync(path.join(root, 'examples/jewelry-shop'), path.join(folder, 'export'), { recursive: true });
  const run = (...args: string[]) =>
    execa(process.execPath, [program, 'migrate', ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: '/nowhere' },
      extendEnv: false,
      reject: false,
    });
  return { folder, run };
}

const tree = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .filter((name) => statSync(path.join(folder, name)).isFile())
      .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );

describe('rekindle migrate', () => {
  test('writes a folder, shows what changes and why, and what is left to do; the same every time', async () => {
    const { folder, run } = setting();
    const first = await run('gke', '--from', 'export/overlays/public');
    expect(first, first.stderr).toMatchObject({ exitCode: 0 });
    expect(first.stdout).toMatch(/Nothing in them was ever applied to a cloud/);
    expect(first.stdout).toMatch(
      /postgresql jewelry-shop\/jewelry-shop-db +spec\.volume\.storageClass +local-path +database-ssd/,
    );
    expect(first.stdout).toMatch(/tasks for you/);
    expect(first.stdout).toMatch(/You choose: project_id, region, zones, domain/);
    expect(first.stdout).toMatch(/no measured times: rekindle backup create/);
    const again = await run('gke', '--from', 'export/overlays/public', '--out', 'again');
    expect(again.exitCode).toBe(0);
    expect(tree(path.join(folder, 'again'))).toEqual(tree(path.join(folder, 'migrate-gke')));
    expect(statSync(path.join(folder, 'again/scripts/push-images.sh')).mode & 0o111).toBe(0o111);
  });

  test('--json: one document with changes, tasks and what was not tried', async () => {
    const { run } = setting();
    const { stdout, exitCode } = await run(
      'eks',
      '--from',
      'export/overlays/public',
      '--database',
      'managed',
      '--json',
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'rekindle.dev/v1alpha1/migrate',
      target: 'eks',
      database: 'managed',
      measured: null,
      unread: [],
      changes: expect.arrayContaining([
        expect.objectContaining({ rule: 'storage', before: 'local-path', after: 'gp3-encrypted' }),
      ]),
      tasks: expect.arrayContaining([expect.objectContaining({ rule: 'secrets' })]),
      notTried: expect.arrayContaining(['Nothing was applied to a cloud.']),
    });
  });

  test('takes measured numbers, and refuses what are none', async () => {
    const { folder, run } = setting();
    writeFileSync(
      path.join(folder, 'good.json'),
      JSON.stringify({ databaseBytes: 1e9, dumpSeconds: 3, restoreSeconds: 4.5, verifySeconds: 1 }),
    );
    writeFileSync(path.join(folder, 'bad.json'), '{"databaseBytes": "much"}');
    const args = ['gke', '--from', 'export/overlays/public', '--out', 'out', '--measured'];
    const bad = await run(...args, 'bad.json');
    expect(bad).toMatchObject({
      exitCode: 64,
      stderr: expect.stringMatching(/databaseBytes.*dumpSeconds.*bad\.json/),
    });
    expect(existsSync(path.join(folder, 'out'))).toBe(false);
    expect((await run(...args, 'good.json')).exitCode).toBe(0);
    expect(readFileSync(path.join(folder, 'out/cut-over.md'), 'utf8')).toContain('**8.5 s**');
  });

  test('without an export writes the infrastructure and says what is missing', async () => {
    const { folder, run } = setting();
    const { exitCode, stdout } = await run('aks');
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/There is no overlay/),
    });
    expect(existsSync(path.join(folder, 'migrate-aks/tofu/cluster.tf'))).toBe(true);
  });

  test('what could not be read is told, and the exit code says that something may be missing', async () => {
    const { folder, run } = setting();
    writeFileSync(path.join(folder, 'export/base/redis.yaml'), 'kind: [');
    const { exitCode, stdout } = await run('gke', '--from', 'export/base');
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 2,
      stdout: expect.stringMatching(/Could not be read[^]*redis\.yaml/),
    });
    expect(readFileSync(path.join(folder, 'migrate-gke/tasks.md'), 'utf8')).toMatch(
      /## Not read\n\n[^]*redis\.yaml/,
    );
  });

  test.each([
    [['gke', '--from', 'nowhere'], /The export cannot be read: .*nowhere/],
    [['gke', '--from', 'empty'], /The export cannot be read: .*no kustomization\.yaml/],
    [['gke', '--database', 'mine'], /There is no database "mine"/],
    [['aks', '--database', 'managed'], /AKS has no managed database here/],
    [['gke', '--out', 'export'], /there is something in it/],
    [['gke', '--out', 'file'], /The folder was not written/],
    [['gce'], /unknown command|A command is missing/],
  ])('%j is wrong use, and nothing is written', async (args, words) => {
    const { folder, run } = setting();
    mkdirSync(path.join(folder, 'empty'));
    writeFileSync(path.join(folder, 'file'), '');
    const before = readdirSync(folder).sort();
    const { exitCode, stderr } = await run(...args);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 64, stderr: expect.stringMatching(words) });
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});
