import { createK3dMaker } from '../adapters/providers/k3d-maker.ts';
import type { ClusterMaker } from '../ports/cluster-maker.ts';

/** Makes clusters in the engine that this process would look for them in. Throws EngineUnreachable for an address that cannot be used. */
export function createClusterMaker(): ClusterMaker {
  return createK3dMaker();
}
