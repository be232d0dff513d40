import { at, textAt } from '../../export/collect/uses.ts';
import { itemsOf, type Fields } from '../../harden/fields/fields.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import type { DataKeeper } from '../data-keepers.ts';
import { claimHint } from '../leave-hints.ts';
import type { LeftOut } from '../manifest.ts';

/** A container that sees the whole of a claim. */
export interface ClaimInContainer {
  readonly pod: string;
  readonly container: string;
  /** Where it is mounted there. */
  readonly path: string;
}

/** A claim whose files are taken, and the containers that see them, the best first. */
export interface MountedClaim {
  readonly claim: string;
  readonly namespace: string;
  readonly seenBy: readonly ClaimInContainer[];
}

export interface FoundUploads {
  readonly uploads: readonly MountedClaim[];
  readonly leftOut: readonly LeftOut[];
}

/** What somebody has written down because the evidence leads astray. */
export interface UploadWishes {
  /** Claims that are taken whatever is known of them. */
  readonly take: readonly string[];
  readonly leave: readonly string[];
}

interface Mount {
  readonly pod: KubeObject;
  readonly container: string;
  readonly image: string;
  readonly path: string;
  /** Only this folder of the claim is seen. */
  readonly subPath: string | undefined;
}

const isRunning = (pod: KubeObject) =>
  textAt(pod, 'status', 'phase') === 'Running' && pod.metadata.deletionTimestamp === undefined;

/** Where running pods see a claim. */
function mountsOf(claim: string, pods: readonly KubeObject[]): readonly Mount[] {
  return pods.filter(isRunning).flatMap((pod) => {
    const volumes = new Set(
      itemsOf(at(pod, 'spec', 'volumes'))
        .filter((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') === claim)
        .map(({ name }) => name),
    );
    return itemsOf(at(pod, 'spec', 'containers')).flatMap((container) =>
      itemsOf(container['volumeMounts'])
        .filter(({ name }) => volumes.has(name))
        .map((mount) => ({
          pod,
          container: String(container['name']),
          image: String(container['image']),
          path: String(mount['mountPath']),
          subPath: textAt(mount, 'subPath') ?? textAt(mount, 'subPathExpr'),
        })),
    );
  });
}

/** Why the files of a volume are in no backup; undefined: it holds none, or is a claim. */
function outside(volume: Fields): string | undefined {
  const inMemory = textAt(volume, 'emptyDir', 'medium') === 'Memory';
  if (volume['emptyDir'] !== undefined && !inMemory) return 'an emptyDir: what is in it goes with each pod';
  const folder = textAt(volume, 'hostPath', 'path');
  return folder === undefined ? undefined : `a folder of the node: ${folder}`;
}

/** A controller's pods are called like it, with a suffix that tells them apart. */
function ownerOf({ metadata }: KubeObject): string {
  const [owner] = metadata.ownerReferences ?? [];
  return owner?.name.replace(/-[0-9a-z]{6,10}$/, '') ?? metadata.name;
}

/** Files that go with a pod or lie on a node: nothing of them is in a backup. */
function otherVolumes(pods: readonly KubeObject[]): readonly LeftOut[] {
  const found = new Map<string, string>();
  for (const pod of pods)
    for (const volume of itemsOf(at(pod, 'spec', 'volumes'))) {
      const why = outside(volume);
      if (why !== undefined) found.set(`files of volume ${String(volume['name'])} of ${ownerOf(pod)}`, why);
    }
  return [...found].map(([what, why]) => ({ what, why }));
}

/** So many containers are asked for the files of one claim. */
const mostContainers = 4;

/** One of each image first: where one has no tar, those of the same image have none either, but one that is gone may be replaced. */
function inTurn(mounts: readonly Mount[]): readonly ClaimInContainer[] {
  const alike = Map.groupBy(mounts, ({ container, image }) => `${container} ${image}`);
  const firsts = [...alike.values()].flatMap(([first]) => first ?? []);
  return [...new Set([...firsts, ...mounts])]
    .slice(0, mostContainers)
    .map(({ pod, container, path }) => ({ pod: pod.metadata.name, container, path }));
}

/**
 * Which claims hold files of the application: all but those of databases and of Redis, as far as a running container sees the whole of them. Pure.
 * `keeperOf`: what keeps data by other means in this pod, or in this claim, which a StatefulSet gives the labels of its pods (kubernetes,
 * pkg/controller/statefulset, updateStorage). The files of a server that runs are no copy of it: they are not taken in its place.
 */
export function findUploads(
  claims: readonly KubeObject[],
  pods: readonly KubeObject[],
  {
    wishes,
    keeperOf,
  }: {
    readonly wishes: UploadWishes;
    readonly keeperOf: (object: KubeObject) => DataKeeper | undefined;
  },
): FoundUploads {
  const uploads: MountedClaim[] = [];
  const leftOut: LeftOut[] = [];
  for (const object of claims) {
    const { name: claim, namespace = '' } = object.metadata;
    const mounts = mountsOf(claim, pods);
    const isWished = wishes.take.includes(claim);
    const keepers = [object, ...mounts.map(({ pod }) => pod)].flatMap((one) => keeperOf(one) ?? []);
    const [keeper] = isWished ? [] : keepers;
    if (keeper !== undefined && keeper.unread === undefined) continue;
    const what = `files of claim ${claim}`;
    const missing = (why: string): void =>
      void leftOut.push({ what, why: `${why}; ${claimHint(claim)}`, isMissing: true });
    const whole = mounts.filter(({ subPath }) => subPath === undefined);
    if (wishes.leave.includes(claim)) leftOut.push({ what, why: 'the stack file says so' });
    else if (keeper !== undefined)
      missing(`they are those of ${keeper.kind} ${keeper.name}, which is not in it`);
    else if (whole.length > 0) uploads.push({ claim, namespace, seenBy: inTurn(whole) });
    else if (mounts.length > 0) missing('every container sees a folder of it only (subPath)');
    else missing('no running pod has it mounted');
  }
  const application = pods.filter((pod) => isRunning(pod) && keeperOf(pod) === undefined);
  return { uploads, leftOut: [...leftOut, ...otherVolumes(application)] };
}
