import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, type TestContext } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { eventually } from '../../lab/source/eventually.ts';
import { createClusterReader } from '../../src/adapters/kubernetes/cluster-reader.ts';
import { readDefinitions } from '../../src/export/definitions.ts';
import { makeExport, type Export, type ExportOptions } from '../../src/export/make-export.ts';
import { externalSecret } from '../../src/export/secrets/external.ts';
import { takeSnapshot } from '../../src/export/collect/take-snapshot.ts';
import { checkTarget, writeFolder } from '../../src/export/folder/write-folder.ts';
import type { Fields } from '../../src/harden/fields/fields.ts';
import { noApiServer, realApiServer, type RealApiServer } from './real-api-server.ts';
import { realKubectl, type RealKubectl } from './real-kubectl.ts';
import { skipWhen } from './skip-when.ts';

export const namespace = 'jewelry-shop';

/** What makes an API server's objects live: status, children, claims, endpoints. */
const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'daemonset-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'serviceaccount-controller',
  'disruption-controller',
  'persistentvolume-binder-controller',
  'clusterrole-aggregation-controller',
];

/** A real API server with the real controllers and kubectl. */
export interface ExportLab {
  readonly server: RealApiServer;
  readonly kubectl: RealKubectl;
  readonly stop: () => Promise<void>;
}

/** Starts it; whoever does so stops it. */
export async function exportLab(): Promise<ExportLab> {
  const server = await realApiServer(controllers);
  const kubectl = realKubectl(server.admin);
  return {
    server,
    kubectl,
    stop: async () => {
      kubectl.remove();
      await server.stop();
    },
  };
}

/** Folder of what is applied to the lab. */
export const stack = join(import.meta.dirname, '../contract/export-stack');

const documents = (text: string) => parseAllDocuments(text).map((document) => document.toJS() as Fields);

/** Definitions first, as they are served a moment after they were made. */
async function applyDefinitions({ kubectl, server }: ExportLab, text: string): Promise<void> {
  await kubectl.run(['apply', '-f', '-'], text);
  const paths = documents(text).map((definition) => {
    const spec = definition['spec'] as {
      group: string;
      names: { plural: string };
      versions: { name: string }[];
    };
    return `/apis/${spec.group}/${spec.versions[0]?.name ?? ''}/${spec.names.plural}`;
  });
  await eventually(
    60_000,
    'definitions that are served',
    async () => {
      try {
        for (const path of paths) await server.request('GET', path);
        return true;
      } catch {
        return false;
      }
    },
    200,
  );
}

/** What else a live namespace holds: children of an operator, books of tools, left-overs. */
async function addNoise({ server }: ExportLab): Promise<void> {
  for (const document of documents(readFileSync(join(stack, 'noise/noise.yaml'), 'utf8'))) {
    const { path, manager, object, status } = document as unknown as {
      path: string;
      manager: string;
      object: Fields;
      status?: Fields;
    };
    const made = await server.request('POST', `${path}?fieldManager=${manager}`, object);
    if (status === undefined) continue;
    const { name } = made['metadata'] as { name: string };
    await server.request('PATCH', `${path}/${name}/status`, { status });
  }
}

/** The whole stack of test/contract/export-stack, applied by kubectl, with noise around it, until its controllers have made what they make. */
export async function fillLab(lab: ExportLab): Promise<void> {
  await applyDefinitions(lab, readFileSync(join(stack, 'definitions.yaml'), 'utf8'));
  await lab.kubectl.run(['apply', '-k', stack]);
  await addNoise(lab);
  await eventually(
    60_000,
    'claims of the StatefulSets and pods of the Deployments',
    async () => {
      const claims = await lab.server.request(
        'GET',
        `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
      );
      const pods = await lab.server.request('GET', `/api/v1/namespaces/${namespace}/pods`);
      const names = JSON.stringify([claims, pods]);
      return ['data-redis-0', 'book-ledger-1', 'django-', 'nginx-'].every((name) => names.includes(name));
    },
    200,
  );
}

/** Exports what is on the server, with Secrets as ExternalSecrets unless something else is asked for. */
export async function exported(lab: ExportLab, options: Partial<ExportOptions> = {}): Promise<Export> {
  const reader = createClusterReader(lab.server.admin, { deadlineMs: 20_000 });
  const snapshot = await takeSnapshot(reader, namespace);
  return makeExport(snapshot, await readDefinitions(reader, snapshot), {
    mode: 'external',
    write: (secret) => Promise.resolve(externalSecret(secret, 'vault')),
    store: 'vault',
    withDefinitions: true,
    allowPlain: false,
    ...options,
  });
}

/** Writes an export to a folder of its own; whoever does so removes it. */
export function written(made: Export): { readonly folder: string; readonly remove: () => void } {
  const parent = mkdtempSync(join(tmpdir(), 'rekindle-export-'));
  const folder = join(parent, 'shop');
  writeFolder(checkTarget(folder), made.files);
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

interface ExternalSecretLike {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly target: {
      readonly immutable?: boolean;
      readonly template?: { type?: string; metadata?: Fields };
    };
    readonly data: readonly { readonly secretKey: string }[];
  };
}

/** Makes the Secrets that the External Secrets Operator would make, with the values of another server as the store. */
export async function fillSecrets(to: ExportLab, made: Export, from: ExportLab): Promise<void> {
  const files = Object.entries(made.files).filter(
    ([file]) => file.startsWith('secrets/') && !file.endsWith('kustomization.yaml'),
  );
  for (const [, text] of files) {
    const [object] = documents(text) as unknown as ExternalSecretLike[];
    if (object === undefined) continue;
    const { name } = object.metadata;
    const collection = `/api/v1/namespaces/${namespace}/secrets`;
    const source = (await from.server.request('GET', `${collection}/${name}`))['data'] as Fields;
    const { template, immutable } = object.spec.target;
    const metadata = JSON.parse(
      JSON.stringify({ name, ...template?.metadata }).replaceAll('{{ \\"{{\\" }}', '{{'),
    ) as Fields;
    await to.server.request('POST', `${collection}?fieldManager=external-secrets`, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: template?.type,
      ...(immutable === true && { immutable }),
      data: Object.fromEntries(object.spec.data.map(({ secretKey }) => [secretKey, source[secretKey]])),
    });
  }
}

/** What each k3s brings. */
const traefik = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'IngressClass',
  metadata: {
    name: 'traefik',
    annotations: { 'meta.helm.sh/release-name': 'traefik', 'meta.helm.sh/release-namespace': 'kube-system' },
  },
  spec: { controller: 'traefik.io/ingress-controller' },
};

/** Brings an export up on an empty server, as its README says. */
export async function applyExport(lab: ExportLab, made: Export, from: ExportLab): Promise<void> {
  const { folder, remove } = written(made);
  try {
    const crds = Object.entries(made.files).filter(([file]) => file.startsWith('crds/'));
    await applyDefinitions(lab, crds.map(([, text]) => text).join('---\n'));
    await lab.server.request('POST', '/apis/networking.k8s.io/v1/ingressclasses', traefik);
    await lab.kubectl.run(['apply', '-f', join(folder, `base/namespace-${namespace}.yaml`)]);
    await fillSecrets(lab, made, from);
    await lab.kubectl.run(['apply', '-k', join(folder, 'overlays/local')]);
    const { apart } = JSON.parse(made.files['export.json'] ?? '') as { apart: readonly string[] };
    for (const file of apart) await lab.kubectl.run(['apply', '-f', join(folder, file)]);
  } finally {
    remove();
  }
}

/** One lab with the stack in it for all tests of a file; gives what each test gets it by, skipped where there can be none. */
export function sharedExportLab(): (context: TestContext) => ExportLab {
  let filled: ExportLab | undefined;
  beforeAll(async () => {
    if (noApiServer !== undefined) return;
    const lab = await exportLab();
    filled = lab;
    await fillLab(lab);
  }, 300_000);
  afterAll(async () => {
    await filled?.stop();
  });
  return (context) => {
    skipWhen(context, noApiServer);
    if (filled === undefined) throw new Error('the server was not filled');
    return filled;
  };
}
