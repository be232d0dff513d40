import {
  containersOf,
  fieldsOf,
  listOf,
  podSpecPath,
  valueAt,
  type FieldPath,
  type Fields,
  type Manifest,
} from '../manifest.ts';

/** A volume of a workload's pods, with where it is mounted. */
export interface PodVolume {
  readonly workload: Manifest;
  readonly name: string;
  readonly path: FieldPath;
  readonly source: Fields;
  readonly mounts: readonly {
    readonly container: string;
    readonly mountPath: string;
    readonly readOnly: boolean;
  }[];
}

/** The volumes of a workload's pods. */
export function podVolumes(workload: Manifest): readonly PodVolume[] {
  const path = podSpecPath(workload);
  if (path === undefined) return [];
  return listOf(valueAt(workload, [...path, 'volumes'])).map((source, index) => {
    const name = String(source['name']);
    const mounts = containersOf(workload).flatMap(({ name: container, container: fields }) =>
      listOf(fields['volumeMounts'])
        .filter((mount) => mount['name'] === name)
        .map((mount) => ({
          container,
          mountPath: String(mount['mountPath']),
          readOnly: mount['readOnly'] === true,
        })),
    );
    return { workload, name, path: [...path, 'volumes', index], source: fieldsOf(source), mounts };
  });
}

/** `django at /srv/uploads`. */
export function mountsText({ mounts }: PodVolume): string {
  return (
    mounts.map(({ container, mountPath }) => `${container} at ${mountPath}`).join(', ') || 'mounted nowhere'
  );
}

/** Names that people give to files of users. */
const uploads = /upload|media|attachment|document|avatar|photo|image|user-?files/i;

/** Whether a volume holds files of users, by its name and by where it is mounted. */
export function looksLikeUploads({ name, mounts }: Pick<PodVolume, 'mounts' | 'name'>): boolean {
  return [name, ...mounts.map(({ mountPath }) => mountPath)].some((word) => uploads.test(word));
}
