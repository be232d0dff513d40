import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { manifestName, partialSuffix } from '../domain/copy-out.ts';
import type { ObjectRef } from '../domain/object-ref.ts';
import { causeText } from './explained-error.ts';

/** What is on disk of a pod's copy. `partial`: the copy was not finished, so the pod was not deleted because of it. */
export type CopyOnDisk =
  | { readonly state: 'whole'; readonly archives: readonly string[] }
  | { readonly state: 'partial' }
  | { readonly state: 'not found'; readonly why: string };

const manifestShape = z.object({
  pod: z.object({ uid: z.string() }),
  volumes: z.array(z.object({ volume: z.string() })),
});

/** Archives of the copy in this folder; undefined when it is none, or of another pod. */
function archivesIn(folder: string, uid: string | undefined): readonly string[] | undefined {
  const file = join(folder, manifestName);
  if (!existsSync(file)) return undefined;
  const { pod, volumes } = manifestShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  return pod.uid === uid ? volumes.map(({ volume }) => join(folder, `${volume}.tar`)) : undefined;
}

/** Looks for the copy of this very pod below the folder of a run. Changes nothing, never throws. */
export function copyOnDisk(root: string, { namespace = '', name, uid }: ObjectRef): CopyOnDisk {
  try {
    const parent = join(root, namespace);
    const names = readdirSync(parent).filter((entry) => entry === name || entry.startsWith(`${name}.`));
    const found = names.map((entry) => archivesIn(join(parent, entry), uid));
    const archives = found.findLast((entry) => entry !== undefined);
    if (archives !== undefined) return { state: 'whole', archives };
    const isPartial = names.some((entry) => entry.endsWith(partialSuffix));
    return isPartial ? { state: 'partial' } : { state: 'not found', why: `${parent} has no copy of it` };
  } catch (error) {
    return { state: 'not found', why: causeText(error) };
  }
}
