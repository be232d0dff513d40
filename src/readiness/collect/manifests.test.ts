import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

import { seen } from '../../domain/looked.ts';
import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { runChecks } from '../run-checks.ts';
import type { Snapshot } from '../world/snapshot.ts';
import { worldOf } from '../world/world.ts';
import { readManifests } from './manifests.ts';

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const read = (files: Readonly<Record<string, string>>) => readManifests(folderOf(files), 0);
const names = (snapshot: Snapshot, kind: 'Pod' | 'Service' | 'Secret') =>
  (seen(snapshot.objects[kind]) ?? []).map(({ metadata }) => metadata.name);

const pod = (name: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [{ name: a, image: a }] }\n`;

describe('a folder of manifests', () => {
  it('is read with all below it, several documents a file, lists, JSON and comments', () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'd' }, spec: { containers: [] } }],
    };
    const snapshot = read({
      'a.yaml': `# first\n${pod('a')}---\n---\n${pod('b')}`,
      'deeper/c.yml': pod('c'),
      'd.json': JSON.stringify(list),
      'notes.txt': 'kind: Pod',
    });
    expect(names(snapshot, 'Pod')).toEqual(['a', 'b', 'd', 'c']);
    expect(snapshot.unread).toEqual([]);
  });

  it('remembers the file and the line of each object', () => {
    const snapshot = read({ 'a.yaml': `# first\n${pod('a')}---\n# second\n${pod('b')}` });
    expect(snapshot.places.get('Pod default/a')).toEqual({ file: 'a.yaml', line: 2 });
    expect(snapshot.places.get('Pod default/b')).toEqual({ file: 'a.yaml', line: 8 });
    const found = runChecks(snapshot, worldOf(snapshot)).flatMap(({ findings }) => findings);
    expect(
      found.find(({ check, object }) => check === 'image-not-pinned' && object.name === 'b')?.place?.line,
    ).toBe(8);
    // Without a cluster there is nothing to run a command on.
    expect(found.every(({ advice }) => advice.command === undefined)).toBe(true);
  });

  it('tells what it cannot read and judges the rest', () => {
    const snapshot = read({
      'a.yaml': pod('a'),
      'broken.yaml': 'a: [1\n',
      'odd.yaml': 'just: text\n',
      'chart.yaml': 'kind: {{ .Values.kind }}\n{{- if .Values.x }}\n',
      'kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n',
    });
    expect(names(snapshot, 'Pod')).toEqual(['a']);
    expect(snapshot.unread.map(({ object }) => object)).toEqual([
      'broken.yaml:1',
      'chart.yaml',
      'kustomization.yaml:1',
      'odd.yaml:1',
    ]);
    expect(snapshot.unread[2]?.why).toContain('kubectl kustomize');
  });

  it('takes braces inside of texts for what they are: the data of a rendered file', () => {
    const snapshot = read({
      'all.yaml': `${pod('a')}---
apiVersion: v1
kind: ConfigMap
metadata: { name: alerts }
data:
  page.tmpl: |
    {{ define "title" }}
    {{- range .Alerts }}{{ .Labels.alertname }}{{ end }}
  quoted: "one
    {{ .Two }}"
---
${pod('b')}`,
    });
    expect(snapshot.unread).toEqual([]);
    expect(names(snapshot, 'Pod')).toEqual(['a', 'b']);
    expect(seen(snapshot.objects.ConfigMap)).toHaveLength(1);
  });

  it.each([
    ['a line that would be broken YAML', 'metadata:\n  labels:\n    {{- include "x" . | nindent 4 }}\n'],
    ['a line that would be YAML by chance', 'metadata:\n  labels:\n    {{ include "x" . | nindent 4 }}\n'],
    ['a line that ends a block of text', 'data:\n  a: |\n{{ .Files.Get "a" | indent 4 }}\n'],
  ])('takes a whole file for a template where braces begin %s', (_what, text) => {
    const snapshot = read({ 'a.yaml': pod('a'), 'chart.yaml': `${pod('b')}---\nkind: ConfigMap\n${text}` });
    expect(snapshot.unread).toEqual([
      { object: 'chart.yaml', why: 'a template: render it first (helm template)' },
    ]);
    expect(names(snapshot, 'Pod')).toEqual(['a']);
  });

  it('keeps the names of a Secret’s keys and nothing of their values, nor of what kubectl noted', () => {
    const snapshot = read({
      's.yaml': `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations: { kubectl.kubernetes.io/last-applied-configuration: hunter2 }\ndata: { password: aHVudGVyMg== }\nstringData: { token: hunter2 }\n`,
    });
    const text = JSON.stringify([...(seen(snapshot.objects.Secret) ?? [])]);
    expect(text).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(text).toContain('"password":""');
    expect(text).toContain('"token":""');
  });

  it('is an error with the next move when there is nothing to judge', () => {
    expect(() => read({ 'notes.txt': 'x' })).toThrow(/helm template/);
    expect(() => readManifests('/does/not/exist', 0)).toThrow(/could not be read/);
  });
});

it('says of checks that only a cluster shows that they were not made', () => {
  const snapshot = read({ 'a.yaml': pod('a') });
  const checked = runChecks(snapshot, worldOf(snapshot));
  const live = checked.filter(({ check }) => check.isLive);
  expect(live.length).toBeGreaterThan(10);
  expect(
    live.every(
      ({ notJudged, couldNotLook }) => notJudged === 'only a running cluster shows it' && !couldNotLook,
    ),
  ).toBe(true);
});
