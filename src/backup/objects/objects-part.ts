import { createHash } from 'node:crypto';

import { refText } from '../../domain/object-ref.ts';
import { refOf } from '../../export/choose.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import type { PartToTake } from '../create.ts';
import type { PartDetails } from '../manifest.ts';
import type { CollectedObjects } from './collect-objects.ts';

export type ObjectsDetails = Extract<PartDetails, { kind: 'objects' }>;

/** Name of the part's file, without the suffix of encryption. */
export const objectsFile = 'objects.json';

const digestOf = (object: KubeObject): string =>
  createHash('sha256').update(JSON.stringify(object)).digest('hex');

/**
 * What the manifest says of one object. Of a Secret it says no digest: the manifest is not encrypted, and a digest would let anybody
 * try out guesses of a short password.
 */
export function entryOf(object: KubeObject): ObjectsDetails['objects'][number] {
  const entry = { object: refText(refOf(object)) };
  return object.kind === 'Secret' ? entry : { ...entry, sha256: digestOf(object) };
}

/** A list that `kubectl apply -f -` takes as it is (kubernetes.io, v1 List), one object a line. */
export function objectsText(objects: readonly KubeObject[]): string {
  const items = objects.map((object) => JSON.stringify(object)).join(',\n');
  return `{"apiVersion":"v1","kind":"List","items":[\n${items}\n]}\n`;
}

async function* once(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** The Kubernetes objects as one part of a backup. */
export function objectsPart(collected: CollectedObjects): PartToTake {
  const { namespace, operators, objects, missing } = collected;
  return {
    file: objectsFile,
    title: `Kubernetes objects of ${namespace}`,
    take: async (store) => {
      const stored = await store(once(objectsText(objects)));
      const details: ObjectsDetails = {
        kind: 'objects',
        namespace,
        operators: [...operators],
        objects: objects.map((object) => entryOf(object)),
        missing: missing.map(({ what, why, kind }) =>
          kind === undefined ? { what, why } : { what, why, kind },
        ),
      };
      return { stored, of: details };
    },
  };
}
