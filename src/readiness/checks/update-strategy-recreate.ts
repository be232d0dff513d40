import { defineCheck } from '../define-check.ts';
import { patch } from '../judging/commands.ts';
import { servicesOf } from '../world/relations.ts';

/** Recreate is right where two versions must not run at once, or one volume can be mounted once. */
export const updateStrategyRecreate = defineCheck({
  id: 'update-strategy-recreate',
  title: 'An update stops everything first',
  severity: 'low',
  why: 'All pods end before a new one starts: each update is an outage, and one that fails is a longer one.',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy',
  needs: ['Deployment', 'Service'],
  eachAlone: 'workload',
  judge: (world) =>
    world.workloads
      .filter(({ kind, spec }) => kind === 'Deployment' && spec.strategy?.type === 'Recreate')
      .map((workload) => {
        const { ref } = workload;
        const services = servicesOf(world, workload);
        return {
          object: ref,
          claim:
            services.length > 0
              ? `While it is updated nobody answers for ${services.map((service) => service.ref.name).join(', ')}.`
              : 'While it is updated its work waits.',
          evidence: [['spec.strategy.type', 'Recreate']],
          advice: {
            say: 'Use RollingUpdate, unless two versions must not run at once or a volume can be mounted only once.',
            command: patch(ref, { spec: { strategy: { type: 'RollingUpdate' } } }),
          },
        };
      }),
});
