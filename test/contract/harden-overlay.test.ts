import { execFile, type ExecFileException } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { describe, expect, test, type TestContext } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';

import { saw } from '../../src/domain/looked.ts';
import { overlayFiles, type OverlayFiles } from '../../src/harden/overlay.ts';
import { measureDiff } from '../../src/harden/measure-diff.ts';
import { judgeMeasures } from '../../src/harden/measures/index.ts';
import { planMeasures } from '../../src/harden/plan-hardening.ts';
import { exampleBase, exampleLab } from '../fakes/example-shop.ts';
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

interface Said {
  readonly failed: boolean;
  readonly out: string;
  readonly said: string;
}

/** What `kubectl kustomize` says to a folder; it asks no cluster. */
async function kustomize(context: TestContext, folder: string): Promise<Said> {
  const { promise, resolve } = Promise.withResolvers<{
    error: ExecFileException | null;
    out: string;
    said: string;
  }>();
  execFile('kubectl', ['kustomize', folder], (error, out, said) => resolve({ error, out, said }));
  const { error, out, said } = await promise;
  const isMissing = error?.code === 'ENOENT';
  skipWhen(context, isMissing ? 'needs kubectl' : undefined);
  return { failed: error !== null, out, said };
}

async function build(context: TestContext, folder: string): Promise<readonly Built[]> {
  const { failed, out, said } = await kustomize(context, folder);
  expect(failed, said).toBe(false);
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

interface Usual {
  /** Further fields of the kustomization that makes the objects, and of the one over it, which names the component. */
  readonly base?: object;
  readonly own?: object;
  /** Namespaces that are written into the objects; each object is there once in each. */
  readonly namespaces?: readonly (string | undefined)[];
  /** A workload that is not there. */
  readonly without?: string;
}

/** The example's workloads in a base of their own, and a kustomization over it that names the component. */
async function usual({ base, own, namespaces = [undefined], without }: Usual): Promise<string> {
  const folder = temporaryFolder();
  const objects = exampleBase()
    .filter(({ kind, metadata }) => isWorkload(kind) && metadata.name !== without)
    .flatMap((manifest) =>
      namespaces.map((namespace) =>
        Object.assign({}, manifest, { metadata: { ...manifest.metadata, namespace } }),
      ),
    );
  const text = objects.map((object) => stringify(object)).join('---\n');
  const made = { resources: ['all.yaml'], ...base };
  write({ 'all.yaml': text, 'kustomization.yaml': stringify(made) }, join(folder, 'base'));
  write(overlayFiles(await shown(), { namespace: 'jewelry-shop' }), join(folder, 'harden'));
  const top = { resources: ['base'], components: ['harden'], ...own };
  write({ 'kustomization.yaml': stringify(top) }, folder);
  return folder;
}

const isWorkload = (kind: string) => kind === 'Deployment' || kind === 'StatefulSet';

type Spec = Readonly<Record<string, readonly Record<string, unknown>[]>>;

function podSpec(built: readonly Built[], name: string): Spec {
  const found = built.find(({ kind, metadata }) => isWorkload(kind) && metadata.name.endsWith(name));
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

  test.for<readonly [string, Usual]>([
    ['the namespace comes from the kustomization that names it', { own: { namespace: 'jewelry-shop' } }],
    ['there is no namespace in any file', {}],
    ['the objects have another namespace first', { own: { namespace: 'jewelry-shop' }, namespaces: ['dev'] }],
    ['names get prefixes', { base: { namePrefix: 'a-' }, own: { namePrefix: 'b-' } }],
  ])('a component does the same where %s', async ([, shape], context) => {
    expect(changes(await build(context, await usual(shape)))).toEqual(wanted);
  });

  test.for<readonly [string, Usual, RegExp]>([
    ['is not there', { without: 'redis' }, /nothing selected by StatefulSet\S*redis/],
    ['is there twice', { namespaces: ['one', 'two'] }, /multiple matches/],
  ])('the build fails where an object %s: no patch is lost', async ([, shape, words], context) => {
    expect(await kustomize(context, await usual(shape))).toMatchObject({
      failed: true,
      said: expect.stringMatching(words),
    });
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
