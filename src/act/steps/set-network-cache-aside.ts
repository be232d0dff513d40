import type { DamagedFile } from '../../domain/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { timeStamp } from '../../domain/time-stamp.ts';
import { damagedNetworkCache } from '../../observe/network-cache.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';
import { NothingTouched } from '../nothing-touched.ts';

/** The planned files that are still damaged on the running node, or a sentence why this is not the node any more. */
async function filesToMove(
  { target, parameters }: PlannedStep,
  context: Pick<ActContext, 'provider' | 'stack'>,
): Promise<readonly DamagedFile[] | string> {
  const containers = await context.provider.containers(context.stack.cluster.name);
  const node = containers.find((entry) => entry.id === target.uid);
  if (node?.state !== 'running') return `${target.name} does not run`;
  const planned = new Set((parameters['files'] ?? '').split('\n'));
  return (await damagedNetworkCache(context, node)).filter(({ path }) => planned.has(path));
}

/**
 * Moves damaged files out of a node's network cache into a folder beside it. Killed between two files it is done by the
 * next pass. The node needs mkdir and mv only.
 */
export const setNetworkCacheAside = defineStep({
  name: 'set-network-cache-aside',
  proofMs: 5000,
  precondition: async (planned, context) => {
    const files = await filesToMove(planned, context);
    if (typeof files === 'string') return files;
    return files.length === 0 ? 'no damaged file is left' : undefined;
  },
  run: async (planned, context) => {
    const files = await filesToMove(planned, context);
    if (typeof files === 'string') throw new NothingTouched(files);
    const { uid = '', name } = planned.target;
    const aside = `/var/lib/cni/set-aside-${timeStamp(context.clock.now())}`;
    await context.provider.runOnNode(uid, ['mkdir', '-p', aside]);
    for (const { path } of files) await context.provider.runOnNode(uid, ['mv', path, `${aside}/`]);
    return `moved ${files.length} damaged file(s) of the network cache of ${name} to ${aside}`;
  },
  probe: async (planned, context) => {
    const files = await filesToMove(planned, context);
    if (typeof files === 'string') return answer(context, false, files);
    return answer(context, files.length === 0, `${files.length} damaged file(s) are left`);
  },
});
