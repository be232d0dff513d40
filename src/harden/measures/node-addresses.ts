import { isNode } from '../../domain/running-nodes.ts';
import { seen } from '../../domain/looked.ts';
import { fact } from '../facts.ts';
import { measureId, type JudgeMeasure } from '../measure.ts';

/**
 * k3d gives nodes an address of their own only when it manages the network's addresses, which `--subnet` turns on at the
 * creation, and then to server nodes only; there is no option for a single address (k3d v5.8.3 cmd/cluster/clusterCreate.go,
 * pkg/client/cluster.go, nodeSetup). It calls this experimental itself.
 */
export const nodeAddresses: JudgeMeasure = (inventory) => {
  const nodes = (seen(inventory.containers) ?? []).filter(isNode);
  const servers = nodes.filter(({ role }) => role === 'server');
  if (servers.every(({ hasStaticAddress }) => hasStaticAddress === true)) return [];
  const object = { kind: 'Cluster', name: inventory.stack.cluster.name };
  const several = servers.length > 1;
  return [
    {
      id: measureId('node-addresses', object),
      name: 'node-addresses',
      object,
      what: 'Server nodes keep their addresses over a boot.',
      why:
        'Docker gives containers addresses in the order in which they start, so they change at a boot. ' +
        (several
          ? 'With several servers etcd keeps its members by address, and does not come back when these change (k3d#550).'
          : 'With one server the cluster copes with that; with several, etcd does not (k3d#550).'),
      evidence: nodes.map(({ name, addresses, hasStaticAddress }) =>
        fact(
          inventory,
          { kind: 'Container', name },
          'address',
          `${addresses[0] ?? 'none'}${hasStaticAddress === true ? ' (its own)' : ' (as they come)'}`,
        ),
      ),
      change: {
        by: 'nothing',
        reason:
          'Only for a cluster that is made anew: k3d cluster create NAME --subnet 172.28.0.0/16 (any range that is free here).',
      },
      undo: 'Nothing is changed.',
      cannot: [
        'It cannot be given to a cluster that is there, and a cluster is not worth making anew for it.',
        'k3d gives such addresses to server nodes only, not to agents and not to the load balancer, and calls it experimental.',
      ],
    },
  ];
};
