import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';

import { isCarried, manifestText } from '../../src/export/folder/manifest-text.ts';
import { noApiServer } from '../fakes/real-api-server.ts';
import { realKubectl, type RealKubectl } from '../fakes/real-kubectl.ts';
import { skipWhen } from '../fakes/skip-when.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const started: { kubectl?: RealKubectl } = {};

beforeAll(() => {
  if (noApiServer === undefined) started.kubectl = realKubectl();
});

afterAll(() => started.kubectl?.remove());

/** What a terminal or a parser obeys; Kubernetes takes it, YAML can only hold it escaped. */
const texts = [
  'yes No on y 0123 0o14 1_000 0o_7 0b1 12:34:56 1e3 ~ null << = .5 2001-01-01 0x1f %a @a `a` !a &a *a {a [a'.split(
    ' ',
  ),
  [
    '- a',
    'a: b',
    '# c',
    ' x ',
    'a\r\nb',
    '\t',
    '',
    '"',
    "'",
    '|',
    '>',
    '? a',
    '...',
    '---',
    'é\u{1f600}',
    'a\n\n',
    '\na',
  ],
  [
    ' a\n b\n',
    'a \nb\n',
    '\u0000',
    '\u0007',
    '\u001b[31m',
    '${HOME}',
    '$(id)',
    '{{ .Values }}',
    'ENC[x]',
    '\\n',
    '\\',
  ],
  fc.sample(fc.string({ unit: 'grapheme', maxLength: 40 }), { numRuns: 300, seed: 4711 }),
  fc.sample(fc.string({ unit: 'binary-ascii', maxLength: 40 }), { numRuns: 100, seed: 4711 }),
]
  .flat()
  .filter((text) => isCarried(text));

test('every text of a ConfigMap comes through `kubectl kustomize` as it was', async (context) => {
  skipWhen(context, noApiServer);
  const folder = temporaryFolder();
  const data = Object.fromEntries(texts.map((text, index) => [`k${index}`, text]));
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'texts' }, data };
  mkdirSync(join(folder, 'base'));
  writeFileSync(join(folder, 'base/configmap.yaml'), manifestText(object));
  const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  writeFileSync(
    join(folder, 'base/kustomization.yaml'),
    manifestText({ ...kustomization, resources: ['configmap.yaml'] }),
  );
  const built = await started.kubectl?.run(['kustomize', join(folder, 'base')]);
  expect((parse(built ?? '') as typeof object).data).toEqual(data);
});
