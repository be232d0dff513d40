import { defineCheck } from '../define-check.ts';

const roles = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** One machine with three servers is no better off; docs.k3s.io, High Availability Embedded etcd, wants an odd number of machines. */
export const singleControlPlane = defineCheck({
  id: 'single-control-plane',
  title: 'One node runs the whole control plane',
  severity: 'medium',
  why: 'While it is away nothing is started, moved or healed, and its disk holds every object of the cluster.',
  source: 'https://docs.k3s.io/datastore/ha-embedded',
  needs: ['Node'],
  isLive: true,
  judge: (world) => {
    const servers = world.nodes.filter(({ fields }) =>
      roles.some((role) => fields.metadata.labels[role] !== undefined),
    );
    const [server] = servers;
    if (servers.length !== 1 || server === undefined) return [];
    const role = roles.find((name) => server.fields.metadata.labels[name] !== undefined) ?? '';
    return [
      {
        object: server.ref,
        claim: `Of ${world.nodes.length} node(s) it alone runs the API server and keeps the cluster’s objects.`,
        evidence: [[`metadata.labels[${role}]`, 'only here']],
        advice: {
          say: 'In production let the provider run the control plane; here keep a backup of the objects.',
          command: 'rekindle export --out ./export',
        },
      },
    ];
  },
});
