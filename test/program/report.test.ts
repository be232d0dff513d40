import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { output, runCommand } from '../../lab/command.ts';
import { bundle } from '../../scripts/bundle.ts';
import { reportShape } from '../../src/readiness/format/json.ts';
import type { FakeAnswer, SeenRequest } from '../fakes/api-server.ts';
import { runningShop, startProgram, type Ended } from '../fakes/running-shop.ts';
import { shopObjects, smallShop } from '../fakes/shop-objects.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { goProgram } from './from-registries.ts';

const example = path.join(import.meta.dirname, '../../examples/jewelry-shop');

beforeAll(async () => {
  await bundle();
}, 60_000);

interface Report {
  readonly schema: string;
  readonly [field: string]: unknown;
}

/** The document, without its name, as the documented shape has it. */
function parsed({ stdout }: Ended) {
  const { schema, ...body } = JSON.parse(stdout) as Report;
  expect(schema).toBe('rekindle.dev/v1alpha1/report');
  return reportShape.parse(body);
}

function ofFiles(...args: readonly string[]): Promise<Ended> {
  const home = temporaryFolder();
  return startProgram(['report', '--manifests', example, ...args], { cwd: home, env: { HOME: home } }).ended;
}

describe('of files', () => {
  test('needs no cluster, no engine and no journal', async () => {
    const ended = await ofFiles('--json');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const report = parsed(ended);
    expect(report.subject).toEqual({ source: 'manifests', folder: example });
    expect(
      report.findings.some(
        ({ check, object }) => check === 'probe-proves-little' && object.includes('redis'),
      ),
    ).toBe(true);
    expect(report.findings.every(({ place }) => place !== undefined)).toBe(true);
  });

  test('ends with 1 at the level and 2 when something could not be read', async () => {
    expect((await ofFiles('--fail-on', 'medium')).code).toBe(1);
    // Kustomizations are not built: what they would make might have been anything.
    expect((await ofFiles('--fail-on', 'high')).code).toBe(2);
  });

  test('says what it wants when the options do not fit', async () => {
    const pdf = await ofFiles('--format', 'pdf');
    expect(pdf).toMatchObject({ code: 64 });
    expect(pdf.stderr).toContain('--out');
    expect((await ofFiles('--format', 'docx')).stderr).toContain('markdown, html, pdf, json, sarif');
    expect((await ofFiles('--context', 'x')).code).toBe(64);
    const nowhere = await ofFiles('--out', '/does/not/exist/report.md');
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toContain('The report was not written');
  });

  test('a PDF comes out of the release, with its fonts inside', async () => {
    const out = path.join(temporaryFolder(), 'report.pdf');
    const ended = await ofFiles('--format', 'pdf', '--out', out);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const bytes = readFileSync(out);
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(bytes.toString('latin1')).toContain('Roboto');
    expect(existsSync(`${out}.part`)).toBe(false);
  });

  test('SARIF fits the schema of OASIS', async (context) => {
    const { file, lacking } = await goProgram('sarif-schema');
    skipWhen(context, lacking);
    const source = path.join(import.meta.dirname, 'sarif-schema');
    const module = await output(
      ['go', 'list', '-mod=readonly', '-m', '-f', '{{.Dir}}', 'github.com/owenrumney/go-sarif/v3'],
      { cwd: source },
    );
    const schema = path.join(module.trim(), 'pkg/report/v210/sarif/schema.go');
    const log = path.join(temporaryFolder(), 'report.sarif');
    await ofFiles('--format', 'sarif', '--out', log);
    const result = await runCommand([file ?? '', schema, log]);
    expect(result).toMatchObject({ exitCode: 0, stdout: '' });
    const wrong = await runCommand([file ?? '', schema, path.join(example, '../../package.json')]);
    expect(wrong.exitCode).toBe(1);
  }, 120_000);
});

/** The shop's API, which gives its web server this readiness probe. */
function withProbe(readinessProbe: object): (request: SeenRequest) => FakeAnswer | undefined {
  const list = `/apis/apps/v1/namespaces/${smallShop.namespace}/deployments`;
  const items = structuredClone(shopObjects(0, 0).get(list) ?? []);
  const [web] = items as unknown as readonly { spec: { template: { spec: { containers: object[] } } } }[];
  Object.assign(web?.spec.template.spec.containers[0] ?? {}, { readinessProbe });
  return ({ url }) =>
    url.startsWith(list) ? { json: { kind: 'DeploymentList', apiVersion: 'apps/v1', items } } : undefined;
}

describe('of a running shop', () => {
  test('tells what it found, and of every look that failed that nothing is known', async () => {
    const shop = await runningShop();
    const ended = await shop.start(['report', '--json', '--context', 'k3d-shop', '--fail-on', 'high']).ended;
    const report = parsed(ended);
    expect(report.subject).toMatchObject({ source: 'cluster', cluster: 'shop', namespace: 'shop' });
    // This engine tells nothing of its machine or of mounts, and this API lists no Secrets.
    expect(report.limitations.find(({ id }) => id === 'one-machine')).toMatchObject({ state: 'unknown' });
    expect(report.limitations.find(({ id }) => id === 'data')).toMatchObject({ state: 'unknown' });
    expect(report.limitations.find(({ id }) => id === 'load-balancer')).toMatchObject({ state: 'holds' });
    const restore = report.production.find(({ id }) => id === 'last-proven-restore');
    expect(restore).toMatchObject({ state: 'no', severity: 'high', command: 'rekindle backup create' });
    expect(restore?.answer).toContain('There is no backup in');
    expect(report.checks.find(({ id }) => id === 'reference-missing')).toMatchObject({
      couldNotLook: true,
      findings: 0,
    });
    expect(report.findings.map(({ check }) => check)).toContain('readiness-probe-missing');
    expect(ended.code).toBe(1);
    expect(`${ended.stdout}${ended.stderr}`).not.toContain('token-of-the-shop');
  }, 60_000);

  test('says of a probe that it could not ask that it is not known what it gets', async () => {
    const readinessProbe = { httpGet: { path: '/', port: 443, scheme: 'HTTPS' } };
    const shop = await runningShop({ answer: withProbe(readinessProbe) });
    const report = parsed(await shop.start(['report', '--json', '--context', 'k3d-shop']).ended);
    expect(report.checks.find(({ id }) => id === 'probe-redirected')).toMatchObject({
      findings: 0,
      couldNotLook: true,
      unseen: expect.stringContaining('main, Deployment shop/nginx: it asks by HTTPS'),
    });
  }, 60_000);

  test('what it advises of harden writes patches, one after the other', async () => {
    const withTcp = withProbe({ tcpSocket: { port: 80 } });
    const budget = {
      metadata: { name: 'nginx', namespace: smallShop.namespace, uid: 'uid-of-budget' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'nginx' } } },
      status: { expectedPods: 1, disruptionsAllowed: 0 },
    };
    const shop = await runningShop({
      answer: (request) =>
        request.url.includes('/poddisruptionbudgets')
          ? { json: { kind: 'PodDisruptionBudgetList', apiVersion: 'policy/v1', items: [budget] } }
          : withTcp(request),
    });
    const report = parsed(await shop.start(['report', '--json', '--context', 'k3d-shop']).ended);
    for (const id of ['probe-proves-little', 'disruption-budget-blocks']) {
      const command = report.findings.find(({ check }) => check === id)?.advice.command ?? '';
      const [, ...args] = command.split(' ');
      const { code, stdout, stderr } = await shop.start(args).ended;
      expect(code, stderr).toBe(1);
      expect(stdout).toMatch(/^Wrote \d files/m);
    }
    expect(existsSync(path.join(shop.home, 'harden-disruption-budget/kustomization.yaml'))).toBe(true);
    expect(existsSync(path.join(shop.home, 'harden-readiness/harden.md'))).toBe(true);
  }, 60_000);

  test('says that it could not tell, and not that all is well, when the API does not answer', async () => {
    const shop = await runningShop({ answer: () => ({ status: 503, text: 'starting' }) });
    const ended = await shop.start(['report', '--json', '--context', 'k3d-shop', '--fail-on', 'high']).ended;
    const report = parsed(ended);
    expect(report.findings).toEqual([]);
    // What the API refuses no cluster has, whether it answers now or not.
    const judged = report.checks.filter(({ couldNotLook }) => !couldNotLook).map(({ id }) => id);
    expect(judged).toEqual(['invalid-label', 'selector-mismatch']);
    expect(report.limitations.find(({ id }) => id === 'data')).toMatchObject({ state: 'unknown' });
    // Only the shelf of backups could be looked at, and it is empty.
    expect(report.production.filter(({ state }) => state === 'yes')).toEqual([]);
    expect(ended.code).toBe(1);
  }, 60_000);

  test('changes nothing: it asks the API and the engine to look only', async () => {
    const shop = await runningShop();
    const out = path.join(shop.home, 'report.html');
    const ended = await shop.start(['report', '--context', 'k3d-shop', '--format', 'html', '--out', out])
      .ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain(`Wrote ${out}`);
    expect(readFileSync(out, 'utf8')).toContain('<title>Readiness report: shop on cluster shop');
    expect(shop.reloads()).toBe(0);
    expect(shop.orders).toEqual([]);
  }, 60_000);
});
