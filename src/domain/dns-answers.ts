import type { DnsFacts } from './observation.ts';

/** Whether a server of the cluster DNS was seen to answer; one that nobody could ask does not count. */
export function dnsAnswers(dns: DnsFacts | undefined): boolean {
  return dns?.servers.some((server) => server.answers) === true;
}
