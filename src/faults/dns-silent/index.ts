import { dnsAnswers } from '../../domain/dns-answers.ts';
import type { DnsFacts } from '../../domain/observation.ts';
import { seen } from '../../domain/looked.ts';
import { defineFault } from '../define-fault.ts';

/** What is said of an answer without an address (src/observe/collectors/dns.ts): the server works, and does not know the Service. */
const noAddress = /^no address for /;

function claim({ servers }: DnsFacts): string {
  if (servers.length === 0) return 'The cluster has no DNS server pod.';
  const words = servers.map(({ why = '' }) => why);
  return words.every((why) => noAddress.test(why))
    ? `The DNS of the cluster answers, and has ${words[0] ?? ''}: is the Service there?`
    : 'No DNS server of the cluster answers yet.';
}

/** No cluster DNS server answers. Normal for 12-15 s after a boot, and the root of what stays broken later (lab baseline). */
export const dnsSilent = defineFault({
  id: 'dns-silent',
  layer: 'dns',
  title: 'The cluster DNS does not answer',
  check: (observation) => {
    const dns = seen(observation.dns);
    if (dns === undefined || dnsAnswers(dns)) return [];
    // Another fault, with a remedy of its own.
    if (dns.workloads?.some(({ wanted }) => wanted === 0) === true) return [];
    return [
      {
        fault: 'dns-silent',
        layer: 'dns',
        object: { kind: 'Service', namespace: 'kube-system', name: 'kube-dns' },
        claim: claim(dns),
        kind: dns.servers.length === 0 ? 'broken' : 'settling',
        evidence: dns.servers.map((server) => ({
          object: `Pod kube-system/${server.pod}`,
          field: 'answer to a query for a Service of this stack',
          value: server.why ?? 'none',
          at: observation.at,
        })),
        causedBy: [],
      },
    ];
  },
  remedy: () => [],
});
