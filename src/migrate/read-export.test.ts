import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { readExport } from './read-export.ts';

/** A folder with these files. */
function folder(files: Readonly<Record<string, string>>): string {
  const root = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\n`;
const noBuild = () => Promise.resolve({ why: 'there is no kubectl' });

describe('an export', () => {
  test('is read as it ran: the local overlay over the base, generated ConfigMaps, the namespace, and the Secrets beside them', async () => {
    const root = folder({
      'base/kustomization.yaml':
        'resources: [web.yaml]\nconfigMapGenerator: [{ name: conf, files: [a.conf], literals: [b=c=d] }]\n',
      'base/web.yaml': `${service('web')}---\n# nothing\n---\n${service('other')}`,
      'base/a.conf': 'text\n',
      'overlays/local/kustomization.yaml': 'namespace: shop\nresources: [../../base, class.yaml]\n',
      'overlays/local/class.yaml':
        'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: fast }\n',
      'secrets/kustomization.yaml': 'resources: [sealed.yaml]\n',
      'secrets/sealed.yaml':
        'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: { name: s, namespace: shop }\n',
    });
    const { manifests, unread } = await readExport(root, noBuild);
    expect(unread).toEqual([]);
    expect(
      manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`),
    ).toEqual([
      'StorageClass -/fast',
      'ConfigMap shop/conf',
      'SealedSecret shop/s',
      'Service shop/other',
      'Service shop/web',
    ]);
    expect(manifests[1]?.['data']).toEqual({ 'a.conf': 'text\n', b: 'c=d' });
  });

  test('has what a ConfigMap gets from files of variables', async () => {
    const root = folder({
      'kustomization.yaml':
        'configMapGenerator: [{ name: conf, envs: [a.env, gone.env], env: b.env, literals: [L=1] }]\n',
      'a.env': '# nothing\n\n  HOST=shop.local\nURL=a=b\r\nALONE\n',
      'b.env': 'B=2\n',
    });
    const { manifests, unread } = await readExport(root, noBuild);
    expect(manifests[0]?.['data']).toEqual({ HOST: 'shop.local', URL: 'a=b', B: '2', L: '1' });
    expect(unread).toEqual([
      expect.stringMatching(/^a\.env: ALONE has no value here/),
      expect.stringMatching(/^gone\.env: ENOENT/),
    ]);
  });

  test('with a generator that changes what others have made is built by Kustomize', async () => {
    const root = folder({
      'kustomization.yaml': 'configMapGenerator: [{ name: conf, behavior: merge, literals: [L=1] }]\n',
    });
    const built = await readExport(root, () => Promise.resolve({ text: service('built') }));
    expect(built).toMatchObject({ manifests: [{ metadata: { name: 'built' } }], unread: [] });
    expect((await readExport(root, noBuild)).unread[0]).toMatch(/behavior of its configMapGenerator/);
  });

  test('with patches is built by Kustomize', async () => {
    const root = folder({
      'kustomization.yaml': 'resources: [a.yaml]\npatches: []\n',
      'a.yaml': service('a'),
    });
    const built = await readExport(root, () => Promise.resolve({ text: service('built') }));
    expect(built).toMatchObject({ manifests: [{ metadata: { name: 'built' } }], unread: [] });
    const blind = await readExport(root, noBuild);
    expect(blind.manifests.map(({ metadata }) => metadata.name)).toEqual(['a']);
    expect(blind.unread).toEqual([
      'kustomization.yaml: its patches are not understood here, and what they change was not looked at',
      'there is no kubectl',
    ]);
  });

  test.each([
    ['a file that is not there', 'resources: [b.yaml]', /b\.yaml: it is not there/],
    [
      'something remote',
      'resources: ["https://example.com/x.yaml"]',
      /it is not there \(a remote resource is not fetched\)/,
    ],
    ['what is no YAML', 'resources: [bad.yaml]', /bad\.yaml: /],
    ['what is no object', 'resources: [odd.yaml]', /odd\.yaml: a document is no Kubernetes object/],
    [
      'a name that leads elsewhere',
      'resources: [evil.yaml]',
      /evil\.yaml: an object has a name that Kubernetes does not take/,
    ],
    ['a file of a ConfigMap', 'configMapGenerator: [{ name: c, files: [gone.conf] }]', /gone\.conf: ENOENT/],
    ['a folder without a kustomization', 'resources: [empty]', /empty: there is no kustomization\.yaml/],
  ])('tells %s, and reads the rest', async (_, kustomization, words) => {
    const root = folder({
      'kustomization.yaml': `${kustomization.replace('resources: [', 'resources: [a.yaml, ')}\n${kustomization.startsWith('resources') ? '' : 'resources: [a.yaml]\n'}`,
      'a.yaml': service('a'),
      'bad.yaml': 'a: [',
      'odd.yaml': 'just: text\n',
      'evil.yaml': service("'../../x'"),
      'empty/note.txt': '',
    });
    const { manifests, unread } = await readExport(root, noBuild);
    expect(unread.join('\n')).toMatch(words);
    expect(manifests.some(({ metadata }) => metadata.name === 'a')).toBe(true);
  });

  test('that is not there is an error', async () => {
    await expect(readExport(path.join(temporaryFolder(), 'none'), noBuild)).rejects.toThrow(/ENOENT/);
  });
});
