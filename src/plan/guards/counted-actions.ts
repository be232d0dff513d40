import { seen } from '../../domain/looked.ts';
import type { Observation } from '../../domain/observation.ts';
import { runningNodes } from '../../domain/running-nodes.ts';
import type { PastAction } from '../history.ts';

const hourMs = 3_600_000;

/** When the whole cluster started at the latest: the start of its oldest running node, ms since the epoch. */
function clusterStart({ containers }: Observation): number {
  const starts = runningNodes(seen(containers) ?? []).map(({ startedAt }) => startedAt);
  return starts.length === 0 ? 0 : Math.min(...starts);
}

/**
 * The actions that count against an agent's budgets: those of the last hour, and not from before the last time that all nodes
 * started. What a loss of power broke says nothing about what is done after the next one: a machine that loses its power four
 * times in an hour is to be brought back four times. Where the agent itself started nodes within the hour, all of the hour
 * counts: it would renew its own budget.
 */
export function countedActions(observation: Observation, past: readonly PastAction[]): readonly PastAction[] {
  const ofTheHour = past.filter(({ intendedAt }) => observation.at - intendedAt < hourMs);
  const byItself = ofTheHour.some(({ step }) => step === 'start-cluster' || step === 'start-node');
  if (byItself) return ofTheHour;
  const start = clusterStart(observation);
  return ofTheHour.filter(({ intendedAt }) => intendedAt > start);
}
