import { createClusterMaker } from '../../app/wire-maker.ts';
import { clusterPart, imagePart, imagesToStore } from '../../backup/cluster/cluster-part.ts';
import { collectCluster } from '../../backup/cluster/collect-cluster.ts';
import type { PartToTake } from '../../backup/create.ts';
import { keeperOf, type DataKeeper } from '../../backup/data-keepers.ts';
import type { LeftOut } from '../../backup/manifest.ts';
import { notHad } from '../../backup/missing.ts';
import { collectObjects, type CollectedObjects } from '../../backup/objects/collect-objects.ts';
import { objectsPart } from '../../backup/objects/objects-part.ts';
import { findUploads, type UploadWishes } from '../../backup/uploads/find-uploads.ts';
import { uploadsPart } from '../../backup/uploads/uploads-part.ts';
import { causeText } from '../../record/explained-error.ts';
import type { Session } from '../session.ts';

/** What of a stack is neither in its databases nor in Redis. */
export interface SurroundingParts {
  readonly parts: readonly PartToTake[];
  readonly leftOut: readonly LeftOut[];
}

interface Wanted {
  readonly withImages: boolean;
  /** What the stack file says of claims. */
  readonly wishes: UploadWishes;
  /** What keeps data by other means than files. */
  readonly keepers: readonly DataKeeper[];
  readonly signal: AbortSignal;
}

async function objectsOf({ context }: Session): Promise<CollectedObjects | string> {
  try {
    return await collectObjects(context.reader, context.stack.namespace);
  } catch (error) {
    return causeText(error);
  }
}

async function clusterParts(
  { context, target }: Session,
  { namespace, operators, objects }: Pick<CollectedObjects, 'namespace' | 'operators' | 'objects'>,
  { withImages, signal }: Pick<Wanted, 'withImages' | 'signal'>,
): Promise<SurroundingParts> {
  const maker = createClusterMaker();
  const namespaces = [namespace, ...operators];
  try {
    const { definition, leftOut } = await collectCluster(maker, context.reader, {
      cluster: target.cluster,
      namespaces,
      objects,
      withImages,
    });
    const images = imagesToStore(definition).map((image) => imagePart(maker, image, signal));
    return { parts: [clusterPart(definition), ...images], leftOut: [...leftOut] };
  } catch (error) {
    signal.throwIfAborted();
    return { parts: [], leftOut: [notHad('how the cluster is made', causeText(error))] };
  }
}

async function uploadParts(
  session: Session,
  { wishes, keepers }: Pick<Wanted, 'wishes' | 'keepers'>,
): Promise<SurroundingParts> {
  const { context, programs, log } = session;
  const space = `/api/v1/namespaces/${encodeURIComponent(context.stack.namespace)}`;
  try {
    const [claims, pods] = await Promise.all([
      context.reader.list(`${space}/persistentvolumeclaims`),
      context.reader.list(`${space}/pods`),
    ]);
    const found = findUploads(claims, pods, {
      wishes,
      keeperOf: ({ metadata: { labels = {} } }) => keeperOf(keepers, labels),
    });
    const say = (line: string): void => log.say(line);
    return {
      parts: found.uploads.map((claim) => uploadsPart(programs, claim, say)),
      leftOut: [...found.leftOut],
    };
  } catch (error) {
    return { parts: [], leftOut: [notHad('files in volumes', causeText(error))] };
  }
}

/** The Kubernetes objects, how the cluster is made, images that no registry has, and files in volumes; what cannot be had is named. */
export async function surroundings(session: Session, wanted: Wanted): Promise<SurroundingParts> {
  const collected = await objectsOf(session);
  wanted.signal.throwIfAborted();
  const { namespace } = session.context.stack;
  const known = typeof collected === 'string' ? { namespace, operators: [], objects: [] } : collected;
  const cluster = await clusterParts(session, known, wanted);
  const uploads = await uploadParts(session, wanted);
  const others = {
    parts: [...cluster.parts, ...uploads.parts],
    leftOut: [...cluster.leftOut, ...uploads.leftOut],
  };
  if (typeof collected === 'string')
    return {
      parts: others.parts,
      leftOut: [notHad('Kubernetes objects and Secrets', collected), ...others.leftOut],
    };
  return {
    parts: [objectsPart(collected), ...others.parts],
    leftOut: [...collected.leftOut, ...others.leftOut],
  };
}
