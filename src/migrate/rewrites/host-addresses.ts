import { pathText, type Bench } from '../bench.ts';
import { fieldsOf, type Manifest } from '../manifest.ts';
import type { Rule } from '../rule.ts';
import { mentionsOf, type Mention } from './mentions.ts';

const id = 'host-addresses';

/** Names under which pods of a local cluster reach the machine that it runs on. */
const hostName = /\bhost\.(k3d|docker|rancher-desktop|minikube|lima)\.internal\b/;
/** Pod and Service networks of k3s, and Docker's own networks. */
const address = /\b(?:10\.4[23]|172\.(?:1[6-9]|2\d|3[01])|192\.168)(?:\.\d{1,3}){2}\b/;

/** What of the host or of the local networks a text names; undefined where nothing is. */
function named(text: string): string | undefined {
  return (hostName.exec(text) ?? address.exec(text))?.[0];
}

/** Where an object leads by itself, or whom it lets through. */
function textOf(object: Manifest): string {
  if (object.kind === 'NetworkPolicy') return JSON.stringify(object['spec'] ?? {});
  const { externalIPs, externalName } = fieldsOf(object['spec']);
  return JSON.stringify([object['subsets'], object['endpoints'], externalIPs, externalName]);
}

function tellMention(bench: Bench, { object, path, text }: Mention): void {
  const found = named(text);
  if (found === undefined) return;
  const what = hostName.test(text)
    ? `${pathText(path)} leads to ${found}: something that runs on this machine outside of the cluster, and that nobody moves.`
    : `${pathText(path)} has ${found}, an address of the local networks.`;
  bench.task(id, object, what, 'Decide where it will be, and write its name there in the overlay.');
}

/** What the stack reaches outside of the cluster, on the machine. */
export const hostAddresses: Rule = {
  id,
  looksFor: 'host.k3d.internal and the like, and addresses of the local networks',
  run: (bench) => {
    for (const mention of mentionsOf(bench)) tellMention(bench, mention);
    for (const object of ['Endpoints', 'EndpointSlice', 'Service', 'NetworkPolicy'].flatMap((kind) =>
      bench.objects(kind),
    )) {
      const found = named(textOf(object));
      if (found === undefined) continue;
      const isPolicy = object.kind === 'NetworkPolicy';
      bench.task(
        id,
        object,
        isPolicy
          ? `It lets ${found} through, an address of the local networks.`
          : `It leads to ${found}, which is on this machine or its networks.`,
        isPolicy
          ? 'Name the target’s networks there, or pods by label.'
          : 'Decide where it will be, and write its address there in the overlay.',
      );
    }
  },
};
