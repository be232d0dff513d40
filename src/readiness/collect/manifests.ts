import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { LineCounter, parseAllDocuments, visit, type Document } from 'yaml';

import { refText } from '../../domain/object-ref.ts';
import { plainLine } from '../../domain/plain-text.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { causeText, ExplainedError } from '../../record/explained-error.ts';
import { isKind } from '../world/kinds.ts';
import type { Place, Snapshot } from '../world/snapshot.ts';
import { defaultNamespace, refOf } from '../world/thing.ts';
import { byKind, noLooks, withoutSecrets } from './snapshot.ts';

/** Larger files are no manifests, bytes. */
const limitBytes = 16 * 1024 * 1024;

/** The folder, or a file in it, could not be read, or holds nothing to judge. */
export class ManifestsUnreadable extends ExplainedError {
  override readonly name = 'ManifestsUnreadable';
}

interface Found {
  readonly object: KubeObject;
  readonly place: Place;
}

interface Reading {
  readonly found: Found[];
  readonly unread: { object: string; why: string }[];
}

function filesIn(folder: string): readonly string[] {
  try {
    const names = statSync(folder).isDirectory()
      ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name))
      : [folder];
    return names.filter((name) => /\.(ya?ml|json)$/i.test(name) && statSync(name).isFile()).sort();
  } catch (error) {
    throw new ManifestsUnreadable({
      what: 'The manifests could not be read',
      cause: causeText(error),
      place: folder,
      next: 'Name a folder with YAML files, or one file: rekindle report --manifests DIR.',
    });
  }
}

/** The objects of one document; a List of kubectl holds several. */
function objectsOf(value: unknown): readonly unknown[] {
  const { kind, items } = (value ?? {}) as { readonly kind?: unknown; readonly items?: unknown };
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items) ? items : [value];
}

function isObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, apiVersion, metadata } = value as Record<string, unknown>;
  const { name, generateName } = (metadata ?? {}) as Record<string, unknown>;
  return (
    typeof kind === 'string' && typeof apiVersion === 'string' && typeof (name ?? generateName) === 'string'
  );
}

/** Kustomize's own file, and Helm's, are no objects of a cluster. */
function isNoObject(value: unknown): boolean {
  const { kind, apiVersion } = (value ?? {}) as { readonly kind?: unknown; readonly apiVersion?: unknown };
  return apiVersion === 'v2' && kind === undefined;
}

function isKustomization(value: unknown): boolean {
  const { kind } = (value ?? {}) as { readonly kind?: unknown };
  return kind === 'Kustomization' || kind === 'Component';
}

function readDocument(reading: Reading, document: Document.Parsed, place: Place): void {
  const [problem] = document.errors;
  const where = `${place.file}:${place.line}`;
  if (problem !== undefined) {
    reading.unread.push({ object: where, why: plainLine(problem.message.split('\n', 1)[0] ?? '') });
    return;
  }
  for (const value of objectsOf(document.toJS({ maxAliasCount: 1000 }))) {
    if (value === null || isNoObject(value)) continue;
    if (isKustomization(value)) {
      reading.unread.push({
        object: where,
        why: 'a kustomization, which was not built: kubectl kustomize DIR > all.yaml',
      });
      continue;
    }
    if (!isObject(value)) {
      reading.unread.push({ object: where, why: 'no apiVersion, kind and name: it is no Kubernetes object' });
      continue;
    }
    const { name, generateName } = value.metadata as {
      readonly name?: string;
      readonly generateName?: string;
    };
    const metadata = { ...value.metadata, uid: '', name: name ?? `${generateName}*` };
    reading.found.push({ object: withoutSecrets({ ...value, metadata }), place });
  }
}

/**
 * Whether a line begins with a template's braces (helm.sh, Template Functions and Pipelines) outside of quoted texts and block
 * scalars. Inside of these they are data: a rendered file may hold templates for others, as alerts of Prometheus have.
 */
function isTemplate(text: string, documents: readonly Document.Parsed[]): boolean {
  const parts: string[] = [];
  let end = 0;
  for (const document of documents)
    visit(document, {
      Scalar: (_key, { type, range }) => {
        if (type === undefined || type === null || type === 'PLAIN' || !range) return;
        parts.push(text.slice(end, range[0]));
        end = range[1];
      },
    });
  return /^\s*\{\{[-\s]/m.test([...parts, text.slice(end)].join('\n'));
}

function readFile(reading: Reading, file: string, shown: string): void {
  if (statSync(file).size > limitBytes) {
    reading.unread.push({ object: shown, why: 'larger than 16 MiB' });
    return;
  }
  const text = readFileSync(file, 'utf8');
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter, version: '1.1', logLevel: 'silent' });
  const documents = 'empty' in parsed ? [] : parsed;
  if (isTemplate(text, documents)) {
    reading.unread.push({ object: shown, why: 'a template: render it first (helm template)' });
    return;
  }
  for (const document of documents) {
    const start = document.contents?.range?.[0] ?? document.range[0];
    readDocument(reading, document, { file: shown, line: lineCounter.linePos(start).line });
  }
}

/**
 * Reads a folder of manifests with all below it, or one file. A document that cannot be read is told and left out. Throws
 * ManifestsUnreadable when there is nothing to judge.
 */
export function readManifests(folder: string, at: number): Snapshot {
  const reading: Reading = { found: [], unread: [] };
  for (const file of filesIn(folder))
    readFile(reading, file, path.relative(folder, file) || path.basename(file));
  const { found, unread } = reading;
  if (found.length === 0)
    throw new ManifestsUnreadable({
      what: 'There are no manifests to judge',
      cause:
        unread[0] === undefined ? 'no Kubernetes object was found' : `${unread[0].object}: ${unread[0].why}`,
      place: folder,
      next: 'Render templates first: helm template, or kubectl kustomize.',
    });
  const objects = found.map(({ object }) => object);
  return {
    at,
    source: 'manifests',
    namespaces: [...new Set(objects.map((object) => refOf(object).namespace ?? defaultNamespace))].sort(),
    objects: byKind(objects, 'manifests', at),
    others: objects.filter(({ kind = '' }) => !isKind(kind)),
    places: new Map(found.map(({ object, place }) => [refText(refOf(object)), place])),
    unread,
    ...noLooks('files do not run', at),
  };
}
