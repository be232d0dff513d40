import { shopKubectl } from './database.ts';
import { defineDrill } from './define-drill.ts';
import { waitFor } from './wait-for.ts';

const redis = ['statefulset', 'redis'];

/** Somebody scaled Redis to 0: a wish that a healer must respect, and name as the reason. */
export const redisScaledToZero = defineDrill({
  id: 'redis-scaled-to-zero',
  title: 'Redis was scaled to 0 by hand',
  inject: async (lab) => {
    await shopKubectl(lab, ['scale', ...redis, '--replicas=0']);
    return { cut: 'none', facts: {} };
  },
  proof: async (lab) => {
    const evidence = await waitFor('the pod of Redis to go', 60, async () => {
      const pods = await shopKubectl(lab, ['get', 'pods', '-l', 'component=redis', '-o', 'name']);
      return pods.trim() === '' ? 'no pod of redis is left' : undefined;
    });
    return { proven: true, evidence };
  },
  expectedFindings: ['workload-scaled-to-zero'],
  undo: async (lab) => {
    await shopKubectl(lab, ['scale', ...redis, '--replicas=1']);
  },
});
