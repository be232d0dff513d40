import { containersOf, nameOf, valueAt } from '../manifest.ts';
import type { Rule } from '../rule.ts';

const id = 'requests';

/** Containers that do not say what they need. */
export const requests: Rule = {
  id,
  looksFor: 'containers without requests for CPU or memory: on the target nodes are sized and added by them',
  run: (bench) => {
    for (const workload of bench.objects()) {
      const lacking = containersOf(workload)
        .filter(
          ({ container, isInit }) =>
            !isInit &&
            ['cpu', 'memory'].some(
              (kind) => valueAt(container, ['resources', 'requests', kind]) === undefined,
            ),
        )
        .map(({ name }) => name);
      if (lacking.length === 0) continue;
      bench.task(
        id,
        workload,
        `${lacking.join(', ')}: no requests for CPU and memory. The scheduler counts them as nothing and may put too much on one node.`,
        `See what it uses (kubectl top pod) and write it into ${nameOf(workload)} in the overlay.`,
      );
    }
  },
};
