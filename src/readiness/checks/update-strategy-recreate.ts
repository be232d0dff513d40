import { defineCheck } from '../define-check.ts';
import { patch } from '../judging/commands.ts';
import { servicesOf, singleWriterClaim } from '../world/relations.ts';

/** Recreate is right where two versions must not run at once, or one volume can be mounted once. */
export const updateStrategyRecreate = defineCheck({
  id: 'update-strategy-recreate',
  title: 'An update stops everything first',
  severity: 'low',
  why: 'All pods end before a new one starts: each update is an outage, and one that fails is a longer one.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy',
  needs: ['Pod', 'Deployment', 'ReplicaSet', 'Service', 'PersistentVolumeClaim'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(({ kind, spec }) => kind === 'Deployment' && spec.strategy?.type === 'Recreate')
      .map((workload) => {
        const { ref } = workload;
        const services = servicesOf(world, workload);
        const claim = singleWriterClaim(world, workload);
        return {
          object: ref,
          severity: claim === undefined ? ('low' as const) : ('info' as const),
          claim:
            services.length > 0
              ? `While it is updated nobody answers for ${services.map((service) => service.ref.name).join(', ')}.`
              : 'While it is updated its work waits.',
          evidence: [
            ['spec.strategy.type', 'Recreate'],
            ...(claim === undefined
              ? []
              : ([['spec.accessModes', claim.fields.spec.accessModes.join(', '), claim.ref]] as const)),
          ],
          advice:
            claim === undefined
              ? {
                  say: 'Use RollingUpdate, unless two versions must not run at once.',
                  command: patch(ref, { spec: { strategy: { type: 'RollingUpdate' } } }),
                }
              : { say: `Nothing has to be done: claim ${claim.ref.name} can be mounted once only.` },
        };
      }),
});
