import { pathText } from '../bench.ts';
import { valueAt } from '../manifest.ts';
import type { Rule } from '../rule.ts';
import { mentionsOf } from './mentions.ts';

const id = 'host-addresses';

/** Names under which pods of a local cluster reach the machine that it runs on. */
const hostName = /\bhost\.(k3d|docker|rancher-desktop|minikube|lima)\.internal\b/;
/** Pod and Service networks of k3s, and Docker's own networks. */
const address = /\b(?:10\.4[23]|172\.(?:1[6-9]|2\d|3[01])|192\.168)(?:\.\d{1,3}){2}\b/;

/** What the stack reaches outside of the cluster, on the machine. */
export const hostAddresses: Rule = {
  id,
  looksFor: 'host.k3d.internal and the like, and addresses of the local networks',
  run: (bench) => {
    for (const { object, path, text } of mentionsOf(bench)) {
      const [found] = hostName.exec(text) ?? address.exec(text) ?? [];
      if (found === undefined) continue;
      const what = hostName.test(text)
        ? `${pathText(path)} leads to ${found}: something that runs on this machine outside of the cluster, and that nobody moves.`
        : `${pathText(path)} has ${found}, an address of the local networks.`;
      bench.task(id, object, what, 'Decide where it will be, and write its name there in the overlay.');
    }
    for (const policy of bench.objects('NetworkPolicy')) {
      const [found] = address.exec(JSON.stringify(valueAt(policy, ['spec']) ?? {})) ?? [];
      if (found === undefined) continue;
      const what = `It lets ${found} through, an address of the local networks.`;
      bench.task(id, policy, what, 'Name the target’s networks there, or pods by label.');
    }
  },
};
