import { seen } from './looked.ts';
import type { Observation } from './observation.ts';

/** Whether the cluster DNS was proven to answer in this observation. */
export function dnsAnswers(observation: Observation): boolean {
  return seen(observation.dns)?.servers.some((server) => server.answers) === true;
}
