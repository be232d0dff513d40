import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { noLooks, takeSnapshot } from '../../src/readiness/collect/snapshot.ts';
import { runChecks } from '../../src/readiness/run-checks.ts';
import { kindNames } from '../../src/readiness/world/kinds.ts';
import { worldOf } from '../../src/readiness/world/world.ts';
import { noApiServer, realApiServer, type RealApiServer } from '../fakes/real-api-server.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const namespace = 'shop';
const secret = 'nobody-may-see-this';

let server: RealApiServer | undefined;

async function grant(api: RealApiServer, file: string): Promise<void> {
  const text = readFileSync(path.join(import.meta.dirname, '../../deploy/rbac', file), 'utf8');
  for (const document of parseAllDocuments(text)) {
    const body = document.toJS() as { readonly kind: string };
    await api.request('POST', `/apis/rbac.authorization.k8s.io/v1/${body.kind.toLowerCase()}s`, body);
  }
}

async function fill(api: RealApiServer): Promise<void> {
  await api.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await api.request('POST', `/api/v1/namespaces/${namespace}/secrets`, {
    metadata: { name: 'login', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': secret } },
    stringData: { password: secret },
  });
  await api.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'main',
              image: 'web',
              env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'login', key: 'gone' } } }],
            },
          ],
        },
      },
    },
  });
}

beforeAll(async () => {
  if (noApiServer !== undefined) return;
  server = await realApiServer();
  await fill(server);
  await grant(server, 'rekindle.yaml');
}, 120_000);

afterAll(async () => server?.stop());

function running(context: TestContext): RealApiServer {
  skipWhen(context, noApiServer);
  if (server === undefined) throw new Error('the API server does not run');
  return server;
}

async function look(from: RealApiServer) {
  const reader = createClusterReader(from.rekindle, { deadlineMs: 10_000 });
  const snapshot = await takeSnapshot(
    { reader, clock: systemClock },
    namespace,
    noLooks('not asked', systemClock.now()),
  );
  return { snapshot, checked: runChecks(snapshot, worldOf(snapshot)) };
}

describe('the objects of a real API server', () => {
  test('what may not be read is "could not look", and its checks judge nothing', async (context) => {
    const { snapshot, checked } = await look(running(context));
    expect(snapshot.objects.Secret).toMatchObject({ looked: false });
    expect(snapshot.objects.Deployment).toMatchObject({ looked: true });
    const references = checked.find(({ check }) => check.id === 'reference-missing');
    expect(references).toMatchObject({ couldNotLook: true, findings: [] });
    expect(references?.notJudged).toMatch(/secrets: .*(forbidden|may not)/i);
  });

  test('the role of deploy/rbac is enough to read every kind, and no value of a Secret is kept', async (context) => {
    const granted = running(context);
    await grant(granted, 'rekindle-report.yaml');
    const { snapshot, checked } = await look(granted);
    const unseen = kindNames.filter((kind) => !snapshot.objects[kind].looked);
    expect(unseen).toEqual([]);
    const kept = JSON.stringify(snapshot.objects);
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(Buffer.from(secret).toString('base64'));
    const claims = checked.flatMap(({ findings }) => findings.map(({ claim }) => claim));
    expect(claims).toContain('Secret login has no key gone: its next pod cannot start.');
    // Kinds come without their name in a list of the API.
    expect(checked.find(({ check }) => check.id === 'image-not-pinned')?.findings[0]?.object.kind).toBe(
      'Deployment',
    );
  });
});
