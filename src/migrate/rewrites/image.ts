import type { Bench } from '../bench.ts';
import { containersOf, textAt, type FieldPath, type Manifest } from '../manifest.ts';
import type { Rule } from '../rule.ts';

const id = 'image';

/** Stands in a patch where the registry of the target comes in when the overlay is built (RFC 2606: resolves nowhere). */
const placeholder = 'registry.invalid';

/** Names under which a registry or the machine itself is known to a local cluster only. */
const localHost =
  /^(localhost|127\.0\.0\.1|\[::1\]|k3d-.*|kind-registry|host\.k3d\.internal)(:\d+)?$|\.(localhost|local|internal)(:\d+)?$/;

/** An image as registry and rest; without a registry it is Docker Hub's or one that was put onto the nodes by hand. */
export function splitImage(image: string): { readonly host?: string; readonly rest: string } {
  const [first = '', ...others] = image.split('/');
  // A name with a dot, a port or `localhost` is a host (github.com/distribution/reference).
  const isHost = others.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? { host: first, rest: others.join('/') } : { rest: image };
}

function isElsewhere(image: string): boolean {
  const { host } = splitImage(image);
  return host !== undefined && !localHost.test(host);
}

/** Fields of the operator's resource that name an image. */
const imageFields: readonly FieldPath[] = [
  ['spec', 'dockerImage'],
  ['spec', 'connectionPooler', 'dockerImage'],
];

function warnOfTag(bench: Bench, object: Manifest, rest: string): void {
  if (rest.includes('@sha256:')) return;
  const [, tag] = /:([^:/]+)$/.exec(rest) ?? [];
  if (tag !== undefined && tag !== 'latest') return;
  const what = `The image ${rest} has ${tag === undefined ? 'no tag' : 'the tag latest'}: which one runs depends on the day.`;
  bench.task(id, object, what, 'Push it under a tag of its own and write that tag into the overlay.');
}

/** Whether only Docker Hub can have it: what is put onto a node by hand is not found by its digest. */
const isPinnedHub = (image: string) => splitImage(image).host === undefined && image.includes('@sha256:');

/**
 * Name and tag under which an image is pushed. A digest is no name to push to (`docker tag` refuses it), and the pushed image may
 * have another one: its first digits become the tag where there is none.
 */
function pushedAs(rest: string): string {
  const [name = '', digest] = rest.split('@sha256:');
  if (digest === undefined || /:[^:/]+$/.test(name)) return name;
  return `${name}:sha256-${digest.slice(0, 12)}`;
}

function move(bench: Bench, object: Manifest, path: FieldPath): void {
  const image = textAt(object, path);
  if (image === undefined || isElsewhere(image) || isPinnedHub(image)) return;
  const { host, rest } = splitImage(image);
  warnOfTag(bench, object, rest);
  const from =
    host === undefined ? 'names no registry' : `names the registry ${host}, which only this machine has`;
  const why = `It ${from}: a node of the target cannot pull what was imported into local nodes. From a registry of your own it can, and Docker Hub's limits do not matter.`;
  const there = pushedAs(rest);
  bench.images.set(image, there);
  bench.set(object, path, `${placeholder}/${there}`, { rule: id, why, after: `IMAGE_REGISTRY/${there}` });
  if (there !== rest)
    bench.task(
      id,
      object,
      `The image ${rest} was named by its digest; the one that is pushed may have another, and is named by its tag.`,
      'Write the digest that docker push prints into the overlay, if it must be that very image.',
    );
  bench.fill('IMAGE_REGISTRY', object, path, { delimiter: '/', index: 0 });
}

/** Images that exist on this machine only. */
export const image: Rule = {
  id,
  looksFor:
    'images that were imported into the nodes (`k3d image import`) or come from a registry of this machine',
  run: (bench) => {
    for (const manifest of bench.objects()) {
      if (manifest.kind === 'postgresql') for (const path of imageFields) move(bench, manifest, path);
      for (const { path, container } of containersOf(manifest)) {
        move(bench, manifest, [...path, 'image']);
        if (container['imagePullPolicy'] !== 'Never') continue;
        const why = 'A new node has no image yet: with Never its pods would not start.';
        bench.set(manifest, [...path, 'imagePullPolicy'], 'IfNotPresent', { rule: id, why });
      }
    }
  },
};
