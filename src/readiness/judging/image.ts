/** `docker.io/library/redis:7@sha256:...` in its parts (distribution/reference). */
interface ImageName {
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Parts of an image's name: a colon after the last slash begins the tag, one before it a port of the registry. */
export function imageName(image: string): ImageName {
  const [whole = '', digest] = image.split('@', 2);
  const slash = whole.lastIndexOf('/');
  const colon = whole.indexOf(':', slash + 1);
  return {
    name: colon < 0 ? whole : whole.slice(0, colon),
    tag: colon < 0 ? undefined : whole.slice(colon + 1),
    digest,
  };
}

/** What fixes the version of an image: its digest, or its tag; undefined: nothing does. */
export function tagOf(image: string): string | undefined {
  const { tag, digest } = imageName(image);
  return digest ?? tag;
}

/** When an image is fetched (kubernetes.io, Default image pull policy): always where no version is fixed. */
export function pullPolicyOf({
  image,
  imagePullPolicy,
}: {
  readonly image: string;
  readonly imagePullPolicy?: string | null | undefined;
}): string {
  const tag = tagOf(image);
  return imagePullPolicy ?? (tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent');
}
