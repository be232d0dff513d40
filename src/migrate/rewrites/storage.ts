import type { Bench } from '../bench.ts';
import {
  groupOf,
  listOf,
  podSpecPath,
  replicasOf,
  textAt,
  valueAt,
  type FieldPath,
  type Manifest,
} from '../manifest.ts';
import { gibibytes, quantityBytes } from '../quantity.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { followUsers } from './shared-claims.ts';

const id = 'storage';

/** Classes that keep data on the node's own disk: k3s, kind and minikube, Docker Desktop, static local volumes, MicroK8s. */
const localClasses = new Set([
  'hostpath',
  'local-path',
  'local-storage',
  'microk8s-hostpath',
  'standard',
  '',
]);

/** A volume that a manifest asks for. */
interface Wish {
  readonly object: Manifest;
  readonly classPath: FieldPath;
  readonly sizePath: FieldPath;
  /** The pods keep copies of the same data. */
  readonly isCopied: boolean;
  readonly isDatabase: boolean;
}

function wishesOf(manifest: Manifest): readonly Wish[] {
  const isDatabase = manifest.kind === 'postgresql' || groupOf(manifest) === 'postgresql.cnpg.io';
  if (manifest.kind === 'PersistentVolumeClaim') {
    const [classPath, sizePath] = [
      ['spec', 'storageClassName'],
      ['spec', 'resources', 'requests', 'storage'],
    ];
    return [{ object: manifest, classPath, sizePath, isCopied: false, isDatabase }];
  }
  if (manifest.kind === 'postgresql') {
    const isCopied = Number(valueAt(manifest, ['spec', 'numberOfInstances'])) > 1;
    const [classPath, sizePath] = [
      ['spec', 'volume', 'storageClass'],
      ['spec', 'volume', 'size'],
    ];
    return [{ object: manifest, classPath, sizePath, isCopied, isDatabase }];
  }
  if (manifest.kind === 'Cluster' && isDatabase) {
    const isCopied = Number(valueAt(manifest, ['spec', 'instances'])) > 1;
    const [classPath, sizePath] = [
      ['spec', 'storage', 'storageClass'],
      ['spec', 'storage', 'size'],
    ];
    return [{ object: manifest, classPath, sizePath, isCopied, isDatabase }];
  }
  if (podSpecPath(manifest) === undefined) return [];
  return listOf(valueAt(manifest, ['spec', 'volumeClaimTemplates'])).map((_, index) => {
    const spec = ['spec', 'volumeClaimTemplates', index, 'spec'] as const;
    return {
      object: manifest,
      classPath: [...spec, 'storageClassName'],
      sizePath: [...spec, 'resources', 'requests', 'storage'],
      isCopied: replicasOf(manifest) > 1,
      isDatabase,
    };
  });
}

/** Whether the volume is on a disk of one machine. */
function isLocal({ object, classPath }: Wish): boolean {
  const found = textAt(object, classPath);
  return found === undefined || localClasses.has(found);
}

function giveClass(bench: Bench, wish: Wish, { target }: RuleContext): void {
  const found = textAt(wish.object, wish.classPath);
  if (found !== undefined && !isLocal(wish)) {
    const what = `It asks for the storage class ${found}, which is not one of the local clusters that Rekindle knows.`;
    bench.task(
      id,
      wish.object,
      what,
      `See that ${target.title} has a class of this name, or name another one.`,
    );
    return;
  }
  const choice = wish.isCopied ? target.zonalStorage : target.loneStorage;
  const { name } = choice.manifest.metadata;
  bench.add(choice.manifest, { rule: id, why: choice.why });
  const local =
    found === undefined || found === '' ? 'What a local cluster gives without a class' : `The class ${found}`;
  const why = `${local} is a folder on one machine's disk: it is gone with the machine. ${choice.why}`;
  bench.set(wish.object, wish.classPath, name, { rule: id, why });
}

/** A dump is smaller than the database, its restore is not, and PostgreSQL needs room for write-ahead log and vacuum. */
const roomFor = 3;

function giveSize(bench: Bench, wish: Wish, { target, measured }: RuleContext): void {
  const text = textAt(wish.object, wish.sizePath);
  const bytes = text === undefined ? undefined : quantityBytes(text);
  if (bytes === undefined) {
    const what = `Its size cannot be read: ${text ?? 'there is none'}.`;
    bench.task(id, wish.object, what, `Write a size into ${wish.sizePath.join('.')} of the overlay.`);
    return;
  }
  const needed = wish.isDatabase && measured !== undefined ? measured.databaseBytes * roomFor : 0;
  const wanted = Math.max(target.smallestVolumeGi, gibibytes(needed));
  if (bytes >= wanted * 1024 ** 3) return;
  const because =
    gibibytes(needed) > target.smallestVolumeGi
      ? `The database has ${gibibytes(measured?.databaseBytes ?? 0)} GiB; ${roomFor} times that leaves room for write-ahead log and growth.`
      : `${target.smallestVolumeGi} GiB is the smallest disk of this kind.`;
  const why = `local-path never holds a volume to its size; a disk does. ${because}`;
  bench.set(wish.object, wish.sizePath, `${wanted}Gi`, { rule: id, why });
}

/** Volumes on a disk of one machine. */
export const storage: Rule = {
  id,
  looksFor:
    'volumes of local classes (local-path and the like), those that several pods mount, and sizes that were never enforced',
  run: (bench, context) => {
    for (const wish of bench.objects().flatMap(wishesOf)) {
      const isClaim = wish.object.kind === 'PersistentVolumeClaim';
      if (isClaim && followUsers(bench, wish.object, context, isLocal(wish))) continue;
      giveClass(bench, wish, context);
      giveSize(bench, wish, context);
    }
  },
};
