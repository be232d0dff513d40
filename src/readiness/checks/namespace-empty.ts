import { defineCheck } from '../define-check.ts';
import { refOf } from '../world/thing.ts';

/** Namespaces that every cluster has (kubernetes.io, Namespaces, Initial namespaces). */
const initial = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/** Only of namespaces whose objects were read. */
export const namespaceEmpty = defineCheck({
  id: 'namespace-empty',
  title: 'A namespace in which nothing runs, or that ends',
  severity: 'high',
  why: 'One that ends takes everything in it along; an empty one is often a deployment that went elsewhere.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  needs: ['Namespace', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job'],
  judge: (world) =>
    world.objects
      .filter(({ kind, metadata }) => kind === 'Namespace' && world.namespaces.includes(metadata.name))
      .flatMap((object) => {
        const { metadata } = object;
        const { phase = 'Active' } = (object['status'] ?? {}) as { readonly phase?: string };
        const runs = world.workloads.some(({ ref }) => ref.namespace === metadata.name);
        if (phase === 'Active' && (runs || initial.has(metadata.name))) return [];
        const ends = phase !== 'Active';
        return [
          {
            object: refOf(object),
            severity: ends ? ('high' as const) : ('info' as const),
            claim: ends ? 'It is being deleted, with everything in it.' : 'No workload is in it.',
            evidence: [ends ? (['status.phase', phase] as const) : (['workloads', 'none'] as const)],
            advice: {
              say: 'Find out who wants that.',
              command: `kubectl get all --namespace ${metadata.name}`,
            },
          },
        ];
      }),
});
