import type { Bench } from '../bench.ts';
import { containersOf, listOf, podSpecPath, valueAt, type FieldPath, type Manifest } from '../manifest.ts';
import type { Rule } from '../rule.ts';

const id = 'host-network';

function closePorts(bench: Bench, workload: Manifest): void {
  for (const { path, container } of containersOf(workload))
    for (const [index, port] of listOf(container['ports']).entries()) {
      if (port['hostPort'] === undefined) continue;
      bench.remove(workload, [...path, 'ports', index, 'hostPort'], {
        rule: id,
        why: 'A port of the node lets one such pod run on a node and is the way in from the local machine. On the target the load balancer reaches the pods.',
      });
    }
}

const shares: readonly string[] = ['hostNetwork', 'hostPID', 'hostIPC'];

function leaveHost(bench: Bench, workload: Manifest, path: FieldPath): void {
  if (valueAt(workload, [...path, 'hostNetwork']) === true) {
    bench.remove(workload, [...path, 'hostNetwork'], {
      rule: id,
      why: 'In the node’s network a pod has the node’s address and the node’s identity in the cloud, and NetworkPolicies do not apply.',
    });
    if (valueAt(workload, [...path, 'dnsPolicy']) === 'ClusterFirstWithHostNet')
      bench.set(workload, [...path, 'dnsPolicy'], 'ClusterFirst', {
        rule: id,
        why: 'It belongs to hostNetwork.',
      });
  }
  for (const share of shares.slice(1))
    if (valueAt(workload, [...path, share]) === true)
      bench.task(
        id,
        workload,
        `It shares ${share} with its node.`,
        'See whether it is needed; nothing was changed.',
      );
}

/** Pods that are part of the node's network. */
export const hostNetwork: Rule = {
  id,
  looksFor: 'hostPort, hostNetwork, hostPID and hostIPC',
  run: (bench) => {
    for (const workload of bench.objects()) {
      const path = podSpecPath(workload);
      if (path === undefined) continue;
      closePorts(bench, workload);
      leaveHost(bench, workload, path);
    }
  },
};
