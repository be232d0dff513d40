import type { NodeContainer } from '../domain/observation.ts';
import type { ProbeAnswer } from '../domain/verdict.ts';
import { causeText, ExplainedError } from '../record/explained-error.ts';
import { frontDoorRead } from '../verify/front-door-write.ts';
import { wantedLevel } from '../verify/verifier.ts';
import { judgeNow } from './judge-now.ts';
import { recover, type Recovered, type RecoverOptions, type Site } from './recover.ts';

/** A rehearsal was refused; nothing was ended. */
export class DrillRefused extends ExplainedError {
  override readonly name = 'DrillRefused';
}

/** What a rehearsal would end, of a stack that was just proven to be well. */
export interface Rehearsal {
  readonly containers: readonly NodeContainer[];
  /** Ids of the writes that were acknowledged and read back for that proof. */
  readonly writes: readonly string[];
}

export interface Rehearsed extends Recovered {
  /** Why the rehearsal was not whole; empty: everything ended. */
  readonly notEnded: readonly string[];
  /** For each write of before, whether it is still there. */
  readonly kept: readonly ProbeAnswer[];
}

/** Until the engine itself says that they have ended, ms; it answers a kill when the process is gone, or soon after. */
const endedWithinMs = 20_000;
const askEveryMs = 100;

/**
 * Proves that the stack is well, as `rekindle verify` does, and finds what would be ended; ends nothing. Throws
 * DrillRefused when it is not proven to be well: nobody could tell then what a recovery has cured.
 */
export async function prepareRehearsal(site: Site): Promise<Rehearsal> {
  const { context, target } = site;
  const { verdict, writes } = await judgeNow(site);
  const wanted = wantedLevel(context);
  if (verdict.state !== 'healthy' || wanted === 'none')
    throw new DrillRefused({
      what: 'Nothing was ended: a rehearsal begins with a stack that is proven to be well',
      cause: wanted === 'none' ? 'no front door is known, so nothing can be proven' : verdict.sentence,
      place: target.context,
      next:
        wanted === 'none' ? 'Declare the front door in rekindle.yaml.' : 'Bring it back first: rekindle up.',
    });
  const containers = await context.provider.containers(target.cluster);
  return { containers: containers.filter(({ state }) => state === 'running'), writes };
}

/** Ends them, and waits until the engine says that they have ended. Resolves with why one of them has not, a line each. */
async function endAll(
  { context: { clock, provider }, target }: Site,
  containers: readonly NodeContainer[],
): Promise<readonly string[]> {
  const killed = await Promise.allSettled(containers.map(({ id }) => provider.killContainer(id)));
  const refused = killed.flatMap((result) =>
    result.status === 'rejected' ? [causeText(result.reason)] : [],
  );
  if (refused.length > 0) return refused;
  // Somebody else may have started one again already.
  const before = new Map(containers.map(({ id, startedAt }) => [id, startedAt]));
  const end = clock.monotonic() + endedWithinMs;
  for (;;) {
    const now = await provider.containers(target.cluster);
    const left = now.filter(
      ({ id, state, startedAt }) => state === 'running' && before.get(id) === startedAt,
    );
    if (left.length === 0) return [];
    if (clock.monotonic() > end)
      return left.map(
        ({ name }) => `${name} still runs ${endedWithinMs / 1000} s after its end was asked for`,
      );
    await clock.sleep(askEveryMs);
  }
}

/**
 * Ends all containers of the cluster at once by SIGKILL, nobody being told, and brings the stack back as `up` does. For the
 * programs that is a loss of power; for the disk it is not: the kernel still writes what it was given. The caller holds the
 * cluster's lock. What the engine does not end is told, and the rest is brought back all the same. Killed after it has begun, it leaves what a power cut leaves, which `up` and the agent bring back.
 */
export async function rehearse(
  site: Site,
  { containers, writes }: Rehearsal,
  options: Omit<RecoverOptions, 'command'>,
): Promise<Rehearsed> {
  const { context, log, target } = site;
  const names = containers.map(({ name }) => name);
  log.record({ type: 'drill-began', run: log.id, cluster: target.cluster, containers: names });
  const notEnded = await endAll(site, containers);
  for (const why of notEnded) log.say(`not everything was ended: ${why}`);
  const result = await recover(site, { ...options, command: 'drill' });
  const probe = context.stack.frontDoor?.writeProbe;
  const kept =
    probe === undefined ? [] : await Promise.all(writes.map((id) => frontDoorRead(context, probe, id)));
  return { ...result, notEnded, kept };
}
