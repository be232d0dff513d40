import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { generateIdentity, identityToRecipient } from 'age-encryption';

import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';

import { bundle } from '../../scripts/bundle.ts';
import { exportLab, fillLab, namespace, type ExportLab } from '../fakes/export-lab.ts';
import { noApiServer } from '../fakes/real-api-server.ts';
import { runningShop, type Ended } from '../fakes/running-shop.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { goProgram, type Found } from './from-registries.ts';

const started: { lab?: ExportLab } = {};
let sops: Found = { lacking: 'was not built' };
const roles = path.join(import.meta.dirname, '../../deploy/rbac');

beforeAll(async () => {
  await bundle();
  sops = await goProgram('sops');
  if (noApiServer !== undefined) return;
  const lab = await exportLab();
  started.lab = lab;
  await fillLab(lab);
  await lab.kubectl.run(['apply', '-f', '-'], readFileSync(path.join(roles, 'rekindle.yaml'), 'utf8'));
}, 3_000_000);

afterAll(async () => {
  await started.lab?.stop();
});

function kubeConfig({ server }: ExportLab, token: string): string {
  const authority = Buffer.from(server.authority).toString('base64');
  return `apiVersion: v1
kind: Config
clusters: [{ name: k3d-shop, cluster: { server: 'https://127.0.0.1:${server.port}', certificate-authority-data: ${authority} } }]
users: [{ name: user, user: { token: ${token} } }]
contexts: [{ name: k3d-shop, context: { cluster: k3d-shop, user: user } }]
current-context: k3d-shop
`;
}

interface Desk {
  readonly lab: ExportLab;
  /** Folder in which the program runs. */
  readonly home: string;
  readonly run: (args: readonly string[], user?: 'admin' | 'rekindle') => Promise<Ended>;
}

/** The built program beside the engine of a small shop, bound to the real API server. */
async function desk(context: TestContext): Promise<Desk> {
  skipWhen(context, noApiServer);
  const { lab } = started;
  if (lab === undefined) throw new Error('the server was not filled');
  const shop = await runningShop();
  for (const user of ['admin', 'rekindle'])
    writeFileSync(path.join(shop.home, user), kubeConfig(lab, `${user}-token`), { mode: 0o600 });
  return {
    lab,
    home: shop.home,
    run: (args, user = 'admin') =>
      shop.start(['export', '--namespace', namespace, ...args], {
        KUBECONFIG: path.join(shop.home, user),
        PATH: `${lab.kubectl.folder}:${path.dirname(sops.file ?? '/nonexistent')}:${process.env['PATH'] ?? ''}`,
      }).ended,
  };
}

interface Document {
  readonly schema: string;
  readonly complete: boolean;
  readonly exported: readonly { readonly object: string; readonly file: string }[];
  readonly leftOut: readonly { readonly object: string; readonly comes: string; readonly why: string }[];
  readonly missing: readonly { readonly what: string; readonly why: string }[];
}

const json = ({ stdout }: Ended) => JSON.parse(stdout) as Document;

const catalogue = `/apis/apps/v1/namespaces/${namespace}/deployments/catalogue`;

describe('rekindle export', () => {
  test('shows what it would write, and writes nothing', async (context) => {
    const { run, home } = await desk(context);
    const before = readdirSync(home);
    const { code, stdout, stderr } = await run([]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^The stack of namespace jewelry-shop: \d+ objects\./);
    expect(stdout).toMatch(/Deployment +catalogue, celery-beat, celery-worker, django, nginx/);
    expect(stdout).toMatch(/Pod jewelry-shop\/debug: no controller keeps this pod/);
    expect(stdout).toMatch(/Nothing was written\. With --out \.\/jewelry-shop it is \d+ files\./);
    expect(readdirSync(home).filter((name) => name !== 'state')).toEqual(before);
  });

  test(
    'writes a folder, writes it anew, and compares it with the cluster',
    { timeout: 120_000 },
    async (context) => {
      const { run, home, lab } = await desk(context);
      const first = await run(['--out', 'shop', '--json']);
      expect(first.code, first.stderr).toBe(0);
      const made = json(first);
      expect(made).toMatchObject({ schema: 'rekindle.dev/v1alpha1/export', complete: true, missing: [] });
      for (const { file } of made.exported)
        expect(existsSync(path.join(home, 'shop', file)), file).toBe(true);
      expect(made.leftOut).toContainEqual(
        expect.objectContaining({ object: `Pod ${namespace}/debug`, comes: 'by-hand' }),
      );
      const readme = readFileSync(path.join(home, 'shop/README.md'), 'utf8');
      expect((await run(['--out', 'shop'])).code).toBe(0);
      expect(readFileSync(path.join(home, 'shop/README.md'), 'utf8')).toBe(readme);

      const same = await run(['--compare', 'shop']);
      expect(same.code, same.stdout + same.stderr).toBe(0);
      expect(same.stdout).toMatch(/^The same: all \d+ objects\./);
      await lab.server.request('PATCH', catalogue, { spec: { replicas: 3 } });
      try {
        const different = await run(['--compare', 'shop']);
        expect(different, different.stderr).toMatchObject({ code: 1 });
        expect(different.stdout).toContain('spec.replicas: 3 in the cluster, not there in the folder');
      } finally {
        await lab.server.request('PATCH', catalogue, { spec: { replicas: 1 } });
      }
    },
  );

  test(
    'what may not be read is named, ends with 2, and never takes the place of a whole export',
    { timeout: 120_000 },
    async (context) => {
      const { run, home } = await desk(context);
      const part = await run(['--out', 'part', '--json'], 'rekindle');
      expect(part, part.stderr).toMatchObject({ code: 2 });
      const { complete, missing } = json(part);
      expect(complete).toBe(false);
      expect(missing.map(({ what }) => what)).toContain('Secret (secrets)');
      expect(readFileSync(path.join(home, 'part/README.md'), 'utf8')).toContain(
        '**This export is not complete.**',
      );
      expect((await run(['--out', 'whole'])).code).toBe(0);
      const refused = await run(['--out', 'whole'], 'rekindle');
      expect(refused).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/it would not be complete, and what is there is: .*Secret \(secrets\)/),
      });
      expect(readFileSync(path.join(home, 'whole/export.json'), 'utf8')).toContain('"complete": true');
      const unsure = await run(['--compare', 'whole'], 'rekindle');
      expect(unsure.stdout).toContain('Could not be read, so that nothing can be told about it:');
      expect(unsure.stdout).toMatch(/^No difference was found, but not everything could be told\./);
      expect(unsure.code).toBe(2);
    },
  );

  test(
    'a folder of somebody else’s, and one that somebody has changed, stay as they are',
    { timeout: 120_000 },
    async (context) => {
      const { run, home } = await desk(context);
      const other = await run(['--out', '.']);
      expect(other).toMatchObject({ code: 64, stderr: expect.stringContaining('it is no export') });
      expect((await run(['--out', 'shop'])).code).toBe(0);
      const file = path.join(home, 'shop/base/service-django.yaml');
      writeFileSync(file, 'mine\n');
      const changed = await run(['--out', 'shop']);
      expect(changed).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('somebody has changed base/service-django.yaml'),
      });
      expect(readFileSync(file, 'utf8')).toBe('mine\n');
    },
  );

  test(
    'what sops has encrypted is applied as the README says, and is the same text the next time',
    { timeout: 240_000 },
    async (context) => {
      const { run, home, lab } = await desk(context);
      skipWhen(context, sops.lacking);
      const identity = await generateIdentity();
      const recipient = await identityToRecipient(identity);
      const flags = ['--secrets', 'sops', '--age-recipient', recipient];
      const first = await run(['--out', 'one', ...flags]);
      expect(first.code, first.stderr).toBe(0);
      expect((await run(['--out', 'two', ...flags])).code).toBe(0);
      const files = readdirSync(path.join(home, 'one/secrets')).filter((name) => name.startsWith('secret-'));
      expect(files.length).toBeGreaterThanOrEqual(5);
      const env = { SOPS_AGE_KEY: identity, HOME: home, PATH: process.env['PATH'] };
      for (const file of files) {
        const text = readFileSync(path.join(home, 'one/secrets', file), 'utf8');
        expect(text).toBe(readFileSync(path.join(home, 'two/secrets', file), 'utf8'));
        const plain = execFileSync(sops.file ?? '', ['decrypt', path.join(home, 'one/secrets', file)], {
          env,
        }).toString();
        const said = await lab.kubectl.run(['diff', '-f', '-'], plain);
        expect(said, file).toBe('');
      }
      const same = await run(['--compare', 'one']);
      expect(same.stdout).toContain('Of Secrets the type and the names of the values were compared');
      expect(same.code, same.stdout).toBe(0);
    },
  );

  test.for<[string[], RegExp]>([
    [['--secrets', 'plain'], /write external, sealed or sops/],
    [['--secrets', 'sealed'], /--secrets sealed needs a certificate.*kubeseal --fetch-cert/],
    [['--secrets', 'sops'], /--secrets sops needs a recipient/],
    [['--age-recipient', 'age1x'], /--age-recipient is for --secrets sops/],
    [['--compare', 'x', '--out', 'y'], /--compare writes nothing/],
    [['--compare', 'nowhere'], /there is no kustomization in it/],
    [['--secrets', 'sealed', '--sealing-cert', 'nowhere.pem'], /ENOENT/],
  ])('%j is wrong use', async ([args, words], context) => {
    const { run } = await desk(context);
    expect(await run(args)).toMatchObject({ code: 64, stderr: expect.stringMatching(words) });
  });
});
