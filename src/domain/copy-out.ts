import { emptyDirsFolder } from './empty-dir.ts';

/** Name of the file that tells what a copy holds; it is written last, so a folder that has it is a whole copy. */
export const manifestName = 'manifest.json';

/** A folder whose copy is not finished has this at its end. */
export const partialSuffix = '.partial';

/** Where a pod's volumes are put back to. */
interface NextPod {
  readonly node: string;
  readonly uid: string;
}

/** A path as a word of a shell's command line. */
function quoted(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * How a person puts copied volumes into the pod that came in the old one's place: one command for each archive, and where
 * to find what stands in capitals when that pod is not known yet. `docker cp -` unpacks a tar archive from its standard input
 * (docs.docker.com, docker container cp).
 */
export function putBackByHand(
  archives: readonly string[],
  namespace: string,
  next: NextPod = { node: 'NODE', uid: 'UID' },
): string {
  const commands = archives.map(
    (archive) => `docker cp - ${next.node}:${emptyDirsFolder(next.uid)} < ${quoted(archive)}`,
  );
  const where =
    next.uid === 'UID'
      ? ` (NODE and UID are those of the new pod: kubectl -n ${namespace} get pods -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName,UID:.metadata.uid)`
      : '';
  return `${commands.join('; ')}${where}; it replaces files of the same name`;
}
