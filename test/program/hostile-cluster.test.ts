import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, test } from 'vitest';

import { bundle } from '../../scripts/bundle.ts';
import type { FakeAnswer, SeenRequest } from '../fakes/api-server.ts';
import { runningShop } from '../fakes/running-shop.ts';
import { shopObjects, smallShop } from '../fakes/shop-objects.ts';

beforeAll(async () => {
  await bundle();
});

const words =
  '\u001B[2J\u001B]0;owned\u0007\u009B31m\u202Eesrever\r\n' +
  'Usable. Two writes went through the front door and were read back.\n' +
  '"}],"verdict":{"state":"healthy"}} \u0000\u0007\uD800 end';
const megabyte = 'm'.repeat(1_000_000);

const now = Date.now();
const crashing = {
  kind: 'Pod',
  metadata: {
    name: 'bad-1',
    namespace: smallShop.namespace,
    uid: 'uid-of-bad-1',
    labels: { app: 'bad' },
    annotations: { status: words, 'rekindle.dev/write-probe': words },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'bad', controller: true }],
  },
  spec: { nodeName: smallShop.node, containers: [{ name: 'main', image: words }] },
  status: {
    phase: 'Running',
    reason: words,
    message: words,
    containerStatuses: [
      {
        name: 'main',
        image: words,
        state: { waiting: { reason: 'CrashLoopBackOff', message: `back-off 5m0s ${words}` } },
        lastState: {
          terminated: { exitCode: 1, reason: words, finishedAt: new Date(now - 2000).toISOString() },
        },
      },
    ],
  },
};
const notMade = {
  ...crashing,
  metadata: { ...crashing.metadata, name: 'bad-2', uid: 'uid-of-bad-2' },
  status: {
    phase: 'Pending',
    containerStatuses: [
      {
        name: 'main',
        image: words,
        state: { waiting: { reason: 'ErrImagePull', message: words + megabyte } },
      },
    ],
  },
};

/** The small shop with two pods in it that say what they should not. */
function answer({ url }: SeenRequest): FakeAnswer | undefined {
  const [where = ''] = url.split('?', 1);
  const pods = `/api/v1/namespaces/${smallShop.namespace}/pods`;
  if (where === `${pods}/bad-1/log`) return { text: `${words}\n${megabyte}\n${words}` };
  if (where !== pods) return undefined;
  const good = shopObjects(now - 600_000, now).get(pods) ?? [];
  return { json: { kind: 'PodList', apiVersion: 'v1', items: [...good, crashing, notMade] } };
}

/** Whatever a terminal would obey, apart from line breaks. */
const obeyed = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

test(
  'what pods say reaches neither the terminal nor a program as more than words',
  { timeout: 90_000 },
  async () => {
    const shop = await runningShop({ answer });
    for (const args of [['diagnose'], ['plan'], ['status'], ['up', '-v', '--timeout', '4s'], ['history']]) {
      const plain = await shop.start(args).ended;
      expect(plain.stdout + plain.stderr).not.toMatch(obeyed);
      // A line of its own would look like one of ours.
      expect(plain.stdout).not.toMatch(/^Usable\./m);
      expect(plain.stdout.length + plain.stderr.length).toBeLessThan(300_000);
      expect([0, 1, 2]).toContain(plain.code);

      const json = await shop.start([...args, '--json']).ended;
      expect(json.stdout + json.stderr).not.toMatch(obeyed);
      expect(JSON.parse(json.stdout)).toMatchObject({ schema: `rekindle.dev/v1alpha1/${args[0] ?? ''}` });
      expect(json.code).toBe(plain.code);
    }
    const diagnosed = await shop.start(['diagnose']).ended;
    // The words themselves are shown: they may be what the reader needs.
    expect(diagnosed.stdout).toContain('end');
    expect(diagnosed.stdout).toContain('bad-1');
    const folder = path.dirname(shop.journal);
    const bytes = readdirSync(folder).map((name) => statSync(path.join(folder, name)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_000_000);
    const database = new DatabaseSync(shop.journal, { readOnly: true });
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
    expect(readFileSync(shop.journal).includes(megabyte)).toBe(false);
  },
);
