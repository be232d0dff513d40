import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { SqliteJournal } from '../../src/adapters/stores/sqlite-journal.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { bundle } from '../../scripts/bundle.ts';
import type { FakeAnswer, SeenRequest } from '../fakes/api-server.ts';
import { runningShop } from '../fakes/running-shop.ts';

beforeAll(async () => {
  await bundle();
});

/** What the shop of the tests does not have by itself: lists that hardening asks for. */
const withLists = ({ url, method }: SeenRequest): FakeAnswer | undefined => {
  const isAsked = url.includes('/poddisruptionbudgets') || url.includes('/events');
  return method === 'GET' && isAsked
    ? { json: { kind: 'ThingList', apiVersion: 'v1', items: [] } }
    : undefined;
};

const hostNameLost: Finding = {
  fault: 'host-name-missing',
  layer: 'dns',
  object: { kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' },
  claim: 'The DNS does not know the host.',
  kind: 'broken',
  evidence: [],
  causedBy: [],
};

interface Report {
  readonly schema: string;
  readonly measures: readonly { readonly id: string; readonly state: string }[];
  readonly unseen: readonly string[];
}

describe('rekindle harden', () => {
  test('shows what it found, changes nothing, and ends with 0 when nothing is to be done', async () => {
    const requests: string[] = [];
    const shop = await runningShop({
      answer: (request) => {
        requests.push(`${request.method} ${request.url}`);
        return withLists(request);
      },
    });
    const { code, stdout, stderr } = await shop.start(['harden', '--json']).ended;
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ schema: 'rekindle.dev/v1alpha1/harden', unseen: [] });
    expect(report.measures).toMatchObject([
      { id: 'host-name/configmap/coredns-custom', state: 'nothing' },
      { id: 'node-addresses/cluster/shop', state: 'nothing' },
    ]);
    expect(requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
  });

  test('what another cluster has been through is no evidence here', async () => {
    const shop = await runningShop({ answer: withLists });
    const journal = SqliteJournal.open(shop.journal);
    for (const cluster of ['shop', 'office', 'office']) {
      const run = randomUUID();
      journal.append(
        { type: 'run-started', run, command: 'up', cluster, context: `k3d-${cluster}`, version: '1' },
        1,
      );
      journal.append({ type: 'finding-opened', run, finding: hostNameLost }, 2);
    }
    journal.close();
    const { stdout, stderr } = await shop.start(['harden', '--json']).ended;
    expect(stdout, stderr).toContain('"1 time(s)"');
  });

  test('what could not be seen is said and is never "nothing to do"', async () => {
    const shop = await runningShop();
    const { code, stdout, stderr } = await shop.start(['harden', '--json', '--only', 'host-name']).ended;
    expect(code, stderr).toBe(2);
    const { unseen } = JSON.parse(stdout) as Report;
    expect(unseen.join('\n')).toMatch(/PodDisruptionBudgets: .*does not have this/);
  });

  test.each([
    ['--undo', ['PodDisruptionBudgets']],
    ['--apply', ['PodDisruptionBudgets', 'events']],
  ])('%s says what it could not read, and that nothing is known of it', async (flag, unread) => {
    const shop = await runningShop();
    const { code, stdout, stderr } = await shop.start(['harden', flag]).ended;
    expect(code, stderr).toBe(2);
    for (const from of unread) expect(stdout).toContain(`could not look: ${from}: `);
    expect(stdout).toContain('whether there is something to do is not known');
    expect(stdout).not.toContain('Nothing to do');
    const chosen = await shop.start(['harden', flag, '--only', 'disruption-budget', '--json']).ended;
    expect(chosen.code, chosen.stderr).toBe(2);
    const { unseen } = JSON.parse(chosen.stdout) as Report;
    expect(unseen.map((line) => line.split(':', 1)[0])).toEqual(unread);
  });

  test('done, with something that could not be read, is done and yet not all: it ends with 2', async () => {
    const shop = await runningShop({ restartPolicy: 'no' });
    for (const flag of ['--apply', '--undo']) {
      const { code, stdout, stderr } = await shop.start(['harden', flag, '--only', 'restart-policy']).ended;
      expect(code, stderr).toBe(2);
      expect(stdout).toMatch(/^done in [\d.]+ s: Container k3d-shop-server-0/m);
      expect(stdout).toMatch(/^could not look: PodDisruptionBudgets: /m);
    }
  });

  test.each([
    [['--diff', '--apply'], /exclude each other/],
    [['--base', 'k8s'], /--output/],
    [['--undo', '--output', 'x'], /writes no patches/],
    [
      ['--only', 'startup-prob'],
      /There is no measure startup-prob: there are .*node-addresses\/cluster\/shop/,
    ],
  ])('%j is wrong use', async (args, words) => {
    const shop = await runningShop({ answer: withLists });
    const { code, stderr } = await shop.start(['harden', ...args]).ended;
    expect({ code, stderr }).toMatchObject({ code: 64, stderr: expect.stringMatching(words) });
  });

  test('ends with 1 when something is to be done: a container that would stay down', async () => {
    const shop = await runningShop({ answer: withLists, restartPolicy: 'no' });
    const { code, stdout } = await shop.start(['harden', '--json']).ended;
    expect({ code, measures: (JSON.parse(stdout) as Report).measures }).toMatchObject({
      code: 1,
      measures: expect.arrayContaining([
        expect.objectContaining({ id: 'restart-policy/container/k3d-shop-server-0', state: 'proposed' }),
      ]),
    });
  });

  test('applies a restart policy and takes it back, each with its proof in the journal', async () => {
    const shop = await runningShop({ answer: withLists, restartPolicy: 'no' });
    const applied = await shop.start(['harden', '--apply', '--only', 'restart-policy', '--json']).ended;
    expect(applied.code, applied.stderr).toBe(0);
    expect(shop.policies()).toEqual({ server: 'unless-stopped', proxy: 'unless-stopped' });
    const undone = await shop.start(['harden', '--undo', '--json']).ended;
    expect(undone.code, undone.stderr).toBe(0);
    expect(shop.policies()).toEqual({ server: 'no', proxy: 'no' });
    const { stdout } = await shop.start(['history']).ended;
    expect(stdout).toMatch(
      /hardening \(undo\): Container k3d-shop-server-0\..*\n.*done: docker update --restart no/,
    );
  });

  test('writes the patches into a new folder, and never into one that holds something', async () => {
    const shop = await runningShop({ answer: withLists });
    const { code, stdout } = await shop.start(['harden', '--output', 'harden']).ended;
    expect(code).toBe(0);
    expect(stdout).toContain('Wrote 2 files');
    const file = path.join(shop.home, 'harden', 'kustomization.yaml');
    expect(readFileSync(file, 'utf8')).toContain('kind: Component');
    const again = await shop.start(['harden', '--output', 'harden']).ended;
    expect(again).toMatchObject({ code: 64, stderr: expect.stringContaining('there is something in it') });
    writeFileSync(path.join(shop.home, 'file'), '');
    const onFile = await shop.start(['harden', '--output', 'file']).ended;
    expect(onFile.code).toBe(64);
  });

  test('applies nothing where there is nothing to apply, and takes nothing back where nothing was applied', async () => {
    const shop = await runningShop({ answer: withLists });
    for (const flag of ['--apply', '--undo']) {
      const { code, stdout, stderr } = await shop.start(['harden', flag, '--json']).ended;
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ results: [], unseen: [] });
    }
    expect(existsSync(shop.journal)).toBe(true);
  });
});
