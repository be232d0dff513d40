import type { Bench } from '../bench.ts';
import { containersOf, listOf, valueAt, type Manifest } from '../manifest.ts';
import type { Rule } from '../rule.ts';

const id = 'other-data';

/** Whether the workload's pods run Redis or what speaks its protocol. */
export function isRedis(manifest: Manifest): boolean {
  return containersOf(manifest).some(({ name, container }) =>
    /\b(redis|valkey|keydb|dragonfly)(-server)?\b/.test(
      [name, container['image'], ...[container['command']].flat()].join(' '),
    ),
  );
}

function tell(bench: Bench, workload: Manifest): void {
  const what = isRedis(workload)
    ? 'What is in this Redis is not moved: the runbook lets the queue run empty, and the new one starts with nothing. Sessions and caches are lost then.'
    : 'What is on its volumes is not in the dump, and the runbook does not move it.';
  const how = isRedis(workload)
    ? 'If anything else in it must be kept (redis-cli --scan shows the keys), copy it in the cut-over: SAVE, and the file dump.rdb into the new pod before its first start.'
    : 'Decide whether it may start empty; if not, add its copy to the runbook.';
  bench.task(id, workload, what, how);
}

/** Data beside the database, on volumes of StatefulSets. */
export const otherData: Rule = {
  id,
  looksFor: 'data on volumes of StatefulSets beside the database: no dump has it',
  run: (bench) => {
    for (const workload of bench.objects('StatefulSet'))
      if (listOf(valueAt(workload, ['spec', 'volumeClaimTemplates'])).length > 0 || isRedis(workload))
        tell(bench, workload);
    for (const workload of bench.objects('Deployment')) if (isRedis(workload)) tell(bench, workload);
  },
};
