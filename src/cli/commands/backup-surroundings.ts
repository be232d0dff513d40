import { createClusterMaker } from '../../app/wire-maker.ts';
import { clusterPart, imagePart, imagesToStore } from '../../backup/cluster/cluster-part.ts';
import { collectCluster } from '../../backup/cluster/collect-cluster.ts';
import type { PartToTake } from '../../backup/create.ts';
import type { BackupManifest } from '../../backup/manifest.ts';
import { collectObjects, type CollectedObjects } from '../../backup/objects/collect-objects.ts';
import { objectsPart } from '../../backup/objects/objects-part.ts';
import { causeText } from '../../record/explained-error.ts';
import type { Session } from '../session.ts';

/** What of a stack is neither in its databases nor in Redis. */
export interface SurroundingParts {
  readonly parts: readonly PartToTake[];
  readonly leftOut: BackupManifest['leftOut'];
}

interface Wanted {
  readonly withImages: boolean;
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
  { withImages, signal }: Wanted,
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
    return { parts: [], leftOut: [{ what: 'how the cluster is made', why: causeText(error) }] };
  }
}

/** The Kubernetes objects, how the cluster is made, and the images that no registry has; what cannot be had is named. */
export async function surroundings(session: Session, wanted: Wanted): Promise<SurroundingParts> {
  const collected = await objectsOf(session);
  wanted.signal.throwIfAborted();
  const { namespace } = session.context.stack;
  const known = typeof collected === 'string' ? { namespace, operators: [], objects: [] } : collected;
  const cluster = await clusterParts(session, known, wanted);
  if (typeof collected === 'string')
    return {
      parts: cluster.parts,
      leftOut: [{ what: 'Kubernetes objects and Secrets', why: collected }, ...cluster.leftOut],
    };
  return {
    parts: [objectsPart(collected), ...cluster.parts],
    leftOut: [...collected.leftOut, ...cluster.leftOut],
  };
}
