import { seen } from '../../domain/looked.ts';
import type { Observation } from '../../domain/observation.ts';
import type { PastAction } from '../history.ts';

const hourMs = 3_600_000;

/** When the whole cluster started at the latest: the start of its oldest running node, ms since the epoch. */
function clusterStart({ containers }: Observation): number | undefined {
  const starts = (seen(containers) ?? [])
    .filter(({ role, state }) => (role === 'server' || role === 'agent') && state === 'running')
    .map(({ startedAt }) => startedAt);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/**
 * Since when an agent's actions count against its budgets, ms since the epoch: for an hour, and not from before the last time
 * that all nodes started. What a loss of power broke says nothing about what is done after the next one: a machine that loses
 * its power four times in an hour is to be brought back four times. Where the agent itself started nodes within the hour, all
 * of the hour counts: it would renew its own budget.
 */
export function countedSince(observation: Observation, past: readonly PastAction[]): number {
  const hourAgo = observation.at - hourMs;
  const byItself = past.some(
    ({ step, intendedAt }) => (step === 'start-cluster' || step === 'start-node') && intendedAt > hourAgo,
  );
  return byItself ? hourAgo : Math.max(hourAgo, clusterStart(observation) ?? hourAgo);
}
