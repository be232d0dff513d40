import { existsSync } from 'node:fs';

import type { StoredEvent } from '../../domain/journal-event.ts';
import type { ClusterMaker } from '../../ports/cluster-maker.ts';
import type { ProofVerdict } from '../evidence.ts';
import type { RebuildFacts } from './plan-rebuild.ts';
import type { ReadBackup } from './read-backup.ts';
import { rebuildState } from './rebuild-state.ts';

async function imageIds(
  maker: ClusterMaker,
  { definition: { image, loadBalancerImage, images } }: ReadBackup,
): Promise<ReadonlyMap<string, string>> {
  const names = [image, ...(loadBalancerImage === undefined ? [] : [loadBalancerImage]), ...images].map(
    ({ name }) => name,
  );
  const found = await Promise.all(
    [...new Set(names)].map(async (name) => [name, await maker.image(name)] as const),
  );
  return new Map(found.flatMap(([name, known]) => (known === undefined ? [] : [[name, known.id] as const])));
}

/** Looks at the engine and at this machine before anything is made. Throws what the engine throws. */
export async function lookAround(
  maker: ClusterMaker,
  backup: ReadBackup,
  { events, proof }: { readonly events: readonly StoredEvent[]; readonly proof: ProofVerdict | undefined },
): Promise<RebuildFacts> {
  const { definition, manifest } = backup;
  const meant = { cluster: definition.name, backup: manifest.id };
  const sources = definition.volumes.map(({ volume }) => volume.split(':', 1)[0] ?? '');
  return {
    state: rebuildState(await maker.remains(definition.name), events, meant),
    backup,
    proof,
    engine: await imageIds(maker, backup),
    folders: new Set(sources.filter((source) => source.startsWith('/') && existsSync(source))),
  };
}
