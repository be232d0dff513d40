import { z } from 'zod';

import type { ClusterReader } from '../../ports/cluster.ts';
import type { ResourceKind } from '../resource-kind.ts';
import type { Missing } from '../snapshot.ts';
import { whyOf } from './why.ts';

const groupsShape = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      versions: z.array(z.object({ version: z.string() })),
      preferredVersion: z.object({ version: z.string() }).optional(),
    }),
  ),
});

const resourcesShape = z.object({
  resources: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      namespaced: z.boolean(),
      verbs: z.array(z.string()).default([]),
    }),
  ),
});

/** Kinds that the API serves and can list, and what of its discovery could not be read. */
export interface Discovered {
  readonly kinds: readonly ResourceKind[];
  readonly missing: readonly Missing[];
}

type Version = Pick<ResourceKind, 'group' | 'version'>;

/** Measurements, made anew all the time (kubernetes.io, Resource metrics pipeline): there is nothing in them to keep. */
const measurements = /(^|\.)metrics\.k8s\.io$/;

const pathOf = ({ group, version }: Version) =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;

/** Every version of every group, the preferred one of each first. */
async function versions(reader: Pick<ClusterReader, 'get'>): Promise<readonly Version[]> {
  const { groups } = groupsShape.parse(await reader.get('/apis'));
  const named = groups
    .filter(({ name }) => !measurements.test(name))
    .flatMap(({ name, versions: served, preferredVersion }) => {
      const preferred = preferredVersion?.version;
      const ordered = served.map(({ version }) => version);
      const first = preferred !== undefined && ordered.includes(preferred) ? [preferred] : [];
      return [...first, ...ordered.filter((version) => version !== preferred)].map((version) => ({
        group: name,
        version,
      }));
    });
  return [{ group: '', version: 'v1' }, ...named];
}

async function kindsOf(
  reader: Pick<ClusterReader, 'get'>,
  version: Version,
): Promise<readonly ResourceKind[]> {
  const { resources } = resourcesShape.parse(await reader.get(pathOf(version)));
  // A name with a slash is a part of an object (`deployments/scale`); what cannot be listed holds no objects.
  return resources
    .filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list'))
    .map(({ name, kind, namespaced }) => Object.assign({ kind, plural: name, namespaced }, version));
}

/**
 * Asks the API which kinds of objects it has, each in the version that it prefers, so that none is overlooked because nobody
 * thought of it (kubernetes.io, Kubernetes API discovery). A group that gives no answer is missing. Throws what
 * `ClusterReader.get` throws when there is no list of groups at all.
 */
export async function discoverKinds(reader: Pick<ClusterReader, 'get'>): Promise<Discovered> {
  const asked = await versions(reader);
  const answers = await Promise.all(
    asked.map(async (version) => {
      try {
        return { kinds: await kindsOf(reader, version), missing: [] };
      } catch (error) {
        const what = `the kinds of ${pathOf(version)}`;
        return { kinds: [], missing: [{ what, why: whyOf(error), group: version.group }] };
      }
    }),
  );
  const found = new Map<string, ResourceKind>();
  for (const kind of answers.flatMap(({ kinds }) => kinds)) {
    const key = `${kind.group}/${kind.plural}`;
    // The first one is of the preferred version; a kind that only an older one has is found there.
    if (!found.has(key)) found.set(key, kind);
  }
  return { kinds: [...found.values()], missing: answers.flatMap(({ missing }) => missing) };
}
