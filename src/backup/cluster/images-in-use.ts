import { itemsOf } from '../../harden/fields/fields.ts';
import { at, podSpecOf, textAt } from '../../export/collect/uses.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import type { ImageInUse } from './definition.ts';

/** The repository of an image as registries know it: `nginx` is `docker.io/library/nginx` (distribution, reference/normalize.go). */
export function repositoryOf(image: string): string {
  const bare = image.split('@', 1)[0] ?? '';
  const name = bare.replace(/:[^:/]+$/, '');
  const [first = '', ...rest] = name.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (isHost) return name === '' ? '' : name.replace(/^index\.docker\.io\//, 'docker.io/');
  return rest.length === 0 ? `docker.io/library/${first}` : `docker.io/${name}`;
}

interface Seen {
  readonly name: string;
  /** What the node says it runs; undefined: nothing of it runs. */
  readonly imageId: string | undefined;
}

const containersOf = (spec: unknown) =>
  ['initContainers', 'containers'].flatMap((list) => itemsOf(at(spec, list)));

/** Images that objects name: of workloads that have no pod now, too. */
function namedBy(object: KubeObject): readonly Seen[] {
  return containersOf(podSpecOf(object)).flatMap(({ image }) =>
    typeof image === 'string' && image !== '' ? [{ name: image, imageId: undefined }] : [],
  );
}

/** Images that a pod runs. Its specification has the name; its status may have another one of the same image. */
function runBy(pod: KubeObject): readonly Seen[] {
  const statuses = ['initContainerStatuses', 'containerStatuses'].flatMap((list) =>
    itemsOf(at(pod, 'status', list)),
  );
  const ids = new Map(statuses.map((status) => [status['name'], textAt(status, 'imageID')]));
  return containersOf(at(pod, 'spec')).flatMap(({ name, image }) =>
    typeof image === 'string' ? [{ name: image, imageId: ids.get(name) || undefined }] : [],
  );
}

/**
 * The registry that a node has an image from: it says `repository@sha256:...` of what it pulled, and an id of its own for what was
 * imported (containerd, internal/cri/server, toContainerStatus; `ctr images import` gives names of the form `import-2026-01-01@...`).
 */
function registryOf({ name, imageId }: Seen, gone: ReadonlySet<string>): string | undefined {
  const pulled = imageId?.replace(/^docker-pullable:\/\//, '');
  if (pulled?.includes('@sha256:') !== true || repositoryOf(pulled) !== repositoryOf(name)) return undefined;
  return gone.has(repositoryOf(name).split('/', 1)[0] ?? '') ? undefined : pulled;
}

/**
 * Every image in use, each once, with the registry that it is known to come from. `gone`: hosts of registries that go with the cluster.
 * Pure.
 */
export function imagesInUse(
  objects: readonly KubeObject[],
  pods: readonly KubeObject[],
  gone: ReadonlySet<string>,
): readonly Pick<ImageInUse, 'name' | 'fromRegistry'>[] {
  const found = new Map<string, string | undefined>();
  for (const seen of [...objects.flatMap(namedBy), ...pods.flatMap(runBy)]) {
    const fromRegistry = registryOf(seen, gone) ?? found.get(seen.name);
    found.set(seen.name, fromRegistry);
  }
  return [...found]
    .map(([name, fromRegistry]) => (fromRegistry === undefined ? { name } : { name, fromRegistry }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
