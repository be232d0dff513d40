import { examine } from '../../app/examine.ts';
import type { Pass } from '../../app/run-log.ts';
import { seen } from '../../domain/looked.ts';
import type { Session } from '../session.ts';

/** So many looks are enough for slow answers about standbys to come. */
const mostLooks = 4;

/** Looks until it is known of every standby whether it streams, or a few times. */
export async function databasePass({ context, log }: Pick<Session, 'context' | 'log'>): Promise<Pass> {
  let pass = await examine(context, log);
  for (let looks = 1; looks < mostLooks; looks++) {
    const databases = seen(pass.observation.databases) ?? [];
    const isOpen = databases.some(({ members }) => members.some(({ standby }) => standby?.looked === false));
    if (!isOpen) break;
    pass = await examine(context, log);
  }
  return pass;
}
