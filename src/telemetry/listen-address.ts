import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

import { ExplainedError } from '../record/explained-error.ts';

/** Where the metrics can be fetched. */
export interface ListenAddress {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
  readonly isLoopback: boolean;
}

/**
 * Where metrics are served when nothing else was written. The port lies outside of 9100-9999, which Prometheus's list of exporters
 * has given away whole (github.com/prometheus/prometheus/wiki/Default-port-allocations; 9464 in it is what OpenTelemetry's own
 * exporter takes in any program on this machine), and below 32768, where Linux begins to hand out ports by itself (ip(7)).
 */
export const defaultListen = '127.0.0.1:19464';

/** The address for the metrics cannot be used, or not from where it was written. */
export class ListenAddressRefused extends ExplainedError {
  override readonly name = 'ListenAddressRefused';
}

function refused(cause: string, text: string, next: string): ListenAddressRefused {
  return new ListenAddressRefused({ what: 'Metrics cannot be served', cause, place: text, next });
}

/**
 * Reads `host:port`; an IPv6 address stands in brackets. What is seen there (that there is a shop, and when it is down) is nobody
 * else's business: an address that others can reach must be written in the user's own configuration (`isUsers`), not in a
 * file that came with a project. Throws ListenAddressRefused.
 */
export function parseListenAddress(text: string, isUsers: boolean): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const name = bracketed ?? plain ?? '';
  const host = name === 'localhost' ? '127.0.0.1' : name;
  if (isIP(host) === 0 || !(port >= 1 && port <= 65_535))
    throw refused(
      'this is no address and port',
      text,
      `Write it as ${defaultListen} or [::1]:19464; a name would have to be looked up first.`,
    );
  const isLoopback = ipaddr.process(host).range() === 'loopback';
  if (!isLoopback && !isUsers)
    throw refused(
      'others can reach this address, and it does not come from your own configuration',
      text,
      `Write it into your own configuration if others may read it; ${defaultListen} is for this machine only.`,
    );
  return { host, port, isLoopback };
}
