import type { BackupStore } from '../../ports/backup-store.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { causeText, ExplainedError } from '../../record/explained-error.ts';
import { chooseBackup, type Owner } from '../choose-backup.ts';
import { readDefinition } from '../cluster/cluster-part.ts';
import type { ClusterDefinition } from '../cluster/definition.ts';
import { partsOf, type BackupManifest, type BackupPart, type PartDetails, type PartOf } from '../manifest.ts';
import type { ObjectsDetails } from '../objects/objects-part.ts';
import { readObjects } from '../objects/read-objects.ts';
import { readPart } from '../store-part.ts';

/** From this backup no cluster is made, because it could not end well. */
export class RebuildRefused extends ExplainedError {
  override readonly name = 'RebuildRefused';
}

/** A backup from which a cluster can be made, with the parts that decide about everything already read and found good. */
export interface ReadBackup {
  readonly manifest: BackupManifest;
  readonly definition: ClusterDefinition;
  readonly details: ObjectsDetails;
  readonly objects: readonly KubeObject[];
  /** The plain bytes of a part; fails at its end when they are not what was backed up. */
  readonly read: (part: BackupPart) => AsyncIterable<Buffer>;
}

function refused(store: BackupStore, cause: string, next: string): RebuildRefused {
  return new RebuildRefused({ what: 'No cluster is made from this backup', cause, place: store.place, next });
}

const another = 'Choose another backup: rekindle backup list';

function only<Kind extends PartDetails['kind']>(
  store: BackupStore,
  manifest: BackupManifest,
  kind: Kind,
  what: string,
): PartOf<Kind> {
  const [part] = partsOf(manifest, kind);
  if (part !== undefined) return part;
  const told = manifest.leftOut.map((entry) => `${entry.what}: ${entry.why}`).join('; ');
  throw refused(store, `${manifest.id} does not hold ${what}${told === '' ? '' : ` (${told})`}`, another);
}

/** Reads a part that decides about everything; what is wrong with it is a refusal and not a surprise half-way. */
async function decisive<T>(store: BackupStore, file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw refused(store, `${file} cannot be used: ${causeText(error)}`, another);
  }
}

/**
 * The backup of this id, or the newest of the stack that is meant, with its objects and its definition of the cluster. Throws RebuildRefused
 * when one of them is missing or is not what was backed up, or when several stacks may be meant, and what the store throws when it cannot
 * be asked.
 */
export async function readBackup(
  store: BackupStore,
  { wanted, meant }: { readonly wanted: string | undefined; readonly meant: Partial<Owner> },
  identities: readonly string[],
): Promise<ReadBackup> {
  const chosen = await chooseBackup(store, wanted, meant);
  if ('why' in chosen) {
    const which = wanted === undefined ? '' : `there is no backup ${wanted}: `;
    throw refused(store, `${which}${chosen.why}`, chosen.next);
  }
  const { id, manifest, trouble } = chosen;
  if (manifest === undefined) throw refused(store, `${id}: ${trouble ?? 'it has no manifest'}`, another);
  const read = (part: BackupPart) => readPart(store, manifest.id, part, identities);
  const definitionPart = only(store, manifest, 'cluster-definition', 'how the cluster is made');
  const definition = await decisive(store, definitionPart.file, () => readDefinition(read(definitionPart)));
  const part = only(store, manifest, 'objects', 'the Kubernetes objects');
  const { objects, differences } = await decisive(store, part.file, () => readObjects(read(part), part.of));
  if (differences.length > 0)
    throw refused(store, `${part.file} is not what was backed up: ${differences.join('; ')}`, another);
  return { manifest, definition, details: part.of, objects, read };
}
