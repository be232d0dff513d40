import { execFile, type ExecFileException } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { describe, expect, test, type TestContext } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { saw } from '../../src/domain/looked.ts';
import { overlayFiles, type OverlayFiles } from '../../src/harden/overlay.ts';
import { measureDiff } from '../../src/harden/measure-diff.ts';
import { judgeMeasures } from '../../src/harden/measures/index.ts';
import { planMeasures } from '../../src/harden/plan-hardening.ts';
import { exampleLab } from '../fakes/example-shop.ts';
import { hardenInventory, measured } from '../fakes/harden-inventory.ts';
import { node, now } from '../fakes/observation.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const example = join(import.meta.dirname, '../../examples/jewelry-shop/overlays/lab');

interface Built {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly template: { readonly spec: Readonly<Record<string, readonly Record<string, unknown>[]>> };
  };
}

/** What `kubectl kustomize` makes of a folder; it asks no cluster. */
async function build(context: TestContext, folder: string): Promise<readonly Built[]> {
  const { promise, resolve } = Promise.withResolvers<{
    error: ExecFileException | null;
    out: string;
    said: string;
  }>();
  execFile('kubectl', ['kustomize', folder], (error, out, said) => resolve({ error, out, said }));
  const { error, out, said } = await promise;
  const isMissing = error?.code === 'ENOENT';
  skipWhen(context, isMissing ? 'needs kubectl' : undefined);
  expect(error, said).toBeNull();
  return parseAllDocuments(out).map((document) => document.toJS() as Built);
}

async function shown() {
  const setup = {
    readsCustomServers: true,
    listHoldsHost: false,
    hostAddress: '172.18.0.1',
    addressFrom: 'a test',
  };
  const inventory = await hardenInventory(exampleLab(), {
    dns: saw(setup, 'DNS', now),
    containers: saw(
      [node('k3d-shop-serverlb', { role: 'loadbalancer', restartPolicy: 'no' })],
      'engine',
      now,
    ),
  });
  const measures = judgeMeasures(inventory, measured({ 'Deployment/django': 20 }));
  return planMeasures(measures, new Map()).map((entry) =>
    Object.assign({}, entry, { diff: measureDiff(entry.measure, undefined) }),
  );
}

function write(files: OverlayFiles, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

type Spec = Readonly<Record<string, readonly Record<string, unknown>[]>>;

function podSpec(built: readonly Built[], name: string): Spec {
  const found = built.find(({ kind, metadata }) => metadata.name === name && kind !== 'Service');
  return found?.spec.template.spec ?? {};
}

const first = (list: Spec[string] = []): Readonly<Record<string, unknown>> => list[0] ?? {};

const names = ({ initContainers }: Spec) => initContainers?.map(({ name }) => name);

/** What hardening has changed in these objects. */
function changes(built: readonly Built[]) {
  const { redis, django, nginx } = {
    redis: podSpec(built, 'redis'),
    django: podSpec(built, 'django'),
    nginx: podSpec(built, 'nginx'),
  };
  const { image, startupProbe: startup } = first(django['containers']);
  return {
    guard: first(redis['initContainers'])['volumeMounts'],
    probe: Object.keys(first(redis['containers'])['readinessProbe'] as object).sort(),
    startup,
    image,
    initContainers: { django: names(django), nginx: names(nginx), redis: names(redis) },
  };
}

const wanted = {
  guard: [{ name: 'data', mountPath: '/data' }],
  probe: ['exec', 'periodSeconds', 'timeoutSeconds'],
  startup: {
    httpGet: { path: '/health/', port: 8000, scheme: 'HTTP' },
    periodSeconds: 5,
    timeoutSeconds: 5,
    failureThreshold: 61,
  },
  image: 'rekindle-lab/jewelry-shop:1',
  initContainers: { django: ['migrate'], nginx: ['rekindle-wait'], redis: ['rekindle-redis-guard'] },
};

describe('the patches as files', () => {
  test('an overlay over the example builds, and what it builds is hardened', async (context) => {
    const folder = temporaryFolder();
    const files = overlayFiles(await shown(), { namespace: 'jewelry-shop', base: relative(folder, example) });
    write(files, folder);
    expect(changes(await build(context, folder))).toEqual(wanted);
  });

  test('a component does the same where a kustomization names it', async (context) => {
    const folder = temporaryFolder();
    write(overlayFiles(await shown(), { namespace: 'jewelry-shop' }), join(folder, 'harden'));
    const own = `resources: ['${relative(folder, example)}']\ncomponents: [harden]\n`;
    writeFileSync(join(folder, 'kustomization.yaml'), own);
    expect(changes(await build(context, folder))).toEqual(wanted);
  });

  test('each file says why, and what is not of the stack stands beside the kustomization', async () => {
    const files = overlayFiles(await shown(), { namespace: 'jewelry-shop' });
    expect(files['startup-probe-deployment-django-django.yaml']).toMatch(
      /^# startup-probe\/deployment\/django\/django: /,
    );
    expect(files['kustomization.yaml']).not.toContain('host-name');
    expect(files['host-name-configmap-coredns-custom.yaml']).toContain('namespace: kube-system');
    expect(files['harden.md']).toContain('docker update --restart unless-stopped k3d-shop-serverlb');
    expect(files['harden.md']).toContain('rekindle pooler profile set quick');
  });
});
