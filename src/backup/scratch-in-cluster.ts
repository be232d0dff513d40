import { z } from 'zod';

import type { ServerInPod } from './postgres/psql-session.ts';
import { PsqlSession } from './postgres/psql-session.ts';
import { ScratchServer } from './postgres/scratch-server.ts';
import type { PodPrograms } from '../ports/pod-programs.ts';
import { beforeTheBackup, NoScratchPlace, tidied } from './no-scratch-place.ts';
import { withScratchPod, type ScratchContext } from './scratch-pod.ts';
import type { WithScratchPlace } from './physical/prove-files.ts';
import type { WithScratchServer } from './verify.ts';

const source = z.object({ version: z.number(), preloaded: z.string(), binaries: z.string() });

/** A dump is restored by its own major version: a newer one might forgive what the old one would not. */
const major = (version: number): number => Math.floor(version / 10_000);

type ServerOf = (cluster: string) => ServerInPod | undefined;

/** What the server that runs says of itself. Throws NoScratchPlace: while it fails over, for example, it says nothing. */
function asked(programs: PodPrograms, server: ServerInPod): Promise<z.infer<typeof source>> {
  return beforeTheBackup(`${server.pod} could not be asked which server the backup needs`, async () => {
    const session = await PsqlSession.open(programs, server, 'postgres');
    return session
      .row(
        `SELECT current_setting('server_version_num')::int AS version,
           current_setting('shared_preload_libraries') AS preloaded,
           (SELECT setting FROM pg_catalog.pg_config() WHERE name = 'BINDIR') AS binaries`,
        source,
      )
      .finally(() => session.close());
  });
}

/** Places in pods beside the databases that run; `serverOf` names one of a cluster that can be asked. */
export function scratchPlaces(context: ScratchContext, serverOf: ServerOf): WithScratchPlace {
  return async (needed, use) => {
    const server = serverOf(needed.cluster);
    if (server === undefined)
      throw new NoScratchPlace({
        what: 'There is no server whose image could prove the backup',
        cause: `no database cluster ${needed.cluster} runs here`,
        place: 'this stack',
        next: 'Verify it where that cluster runs, or bring it back first: rekindle up',
      });
    const found = await asked(context.programs, server);
    if (major(found.version) !== major(needed.serverVersion))
      throw new NoScratchPlace({
        what: 'The backup is of another version of PostgreSQL',
        cause: `it is of version ${major(needed.serverVersion)}, and ${server.pod} has ${major(found.version)}`,
        place: `cluster ${needed.cluster}`,
        next: `Verify it where PostgreSQL ${major(needed.serverVersion)} runs.`,
      });
    return withScratchPod(context, server, needed.bytes, (place) =>
      use(place, { ...found, superuser: server.superuser }),
    );
  };
}

/** Empty servers in such places. */
export function scratchInCluster(context: ScratchContext, serverOf: ServerOf): WithScratchServer {
  const withPlace = scratchPlaces(context, serverOf);
  return ({ isWithoutWorkers, ...needed }, use) =>
    withPlace(needed, async (place, server) => {
      const wanted = { ...server, isWithoutWorkers };
      const scratch = await ScratchServer.start(context.programs, place, wanted);
      try {
        return await use(scratch);
      } finally {
        await tidied(context.say, `the scratch server in ${place.pod} could not be stopped`, () =>
          scratch.stop(),
        );
      }
    });
}
