import { defineCheck } from '../define-check.ts';
import type { Advice } from '../finding.ts';
import { kubectl, target } from '../judging/commands.ts';
import { autoscalersOf, servicesOf, singleWriterClaim } from '../world/relations.ts';
import { wantedPods, type Workload } from '../world/workload.ts';
import type { World } from '../world/world.ts';

/** A second copy of what works alone by its nature does harm: a scheduler, or two programs on one volume. */
function adviceOf(world: World, workload: Workload, isServed: boolean): Advice {
  const { kind, ref } = workload;
  if (kind === 'StatefulSet')
    return {
      say: 'Run it replicated by its own means (a database cluster, Redis Sentinel), or say how long its outage may last and keep a proven backup.',
    };
  const claim = singleWriterClaim(world, workload);
  if (claim !== undefined)
    return {
      say: `A second copy cannot share claim ${claim.ref.name}: say how long its outage may last, or keep its data elsewhere.`,
    };
  if (!isServed)
    return {
      say: 'Run two where the program allows it. A scheduler, such as celery beat, must stay alone: then nothing has to be done.',
    };
  return {
    say: 'Run two or more where the program allows it.',
    command: kubectl(ref, `scale ${target(ref)} --replicas=2`),
  };
}

/** Where an autoscaler sets the number, its lower bound counts (autoscaler-single-replica). */
export const singleReplica = defineCheck({
  id: 'single-replica',
  title: 'Only one copy',
  severity: 'medium',
  why: 'Every restart, update and loss of a node is an outage of what uses it.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#replicas',
  needs: [
    'Pod',
    'Deployment',
    'StatefulSet',
    'ReplicaSet',
    'Service',
    'HorizontalPodAutoscaler',
    'PersistentVolumeClaim',
  ],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads.flatMap((workload) => {
      const { kind, ref } = workload;
      if (!['Deployment', 'StatefulSet', 'ReplicaSet'].includes(kind) || wantedPods(workload) !== 1)
        return [];
      if (autoscalersOf(world, workload).length > 0) return [];
      const services = servicesOf(world, workload);
      const isServed = services.length > 0;
      return [
        {
          object: ref,
          severity: isServed ? 'medium' : 'low',
          claim: isServed
            ? `${services.map((service) => service.ref.name).join(', ')} is served by one pod: while it restarts nobody answers.`
            : 'One pod does this work: while it restarts the work waits.',
          evidence: [
            ['spec.replicas', String(workload.spec.replicas ?? '1 (not set)')],
            ...services.map((service) => ['spec.selector', 'selects these pods', service.ref] as const),
          ],
          advice: adviceOf(world, workload, isServed),
        },
      ];
    }),
});
