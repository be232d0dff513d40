import type { Rule } from '../rule.ts';

const id = 'run-once';

/** What would run on both sides before the cut-over, or a second time. */
export const runOnce: Rule = {
  id,
  looksFor: 'CronJobs and Jobs: before the cut-over they would run on both sides, or once more',
  run: (bench) => {
    for (const job of bench.objects('CronJob'))
      bench.set(job, ['spec', 'suspend'], true, {
        rule: id,
        why: 'Until the cut-over it runs on the old side; on both it would send, charge or count twice. The runbook turns it on.',
      });
    for (const job of bench.objects('Job')) {
      const what = 'It runs as soon as the overlay is applied, although it has run on the old cluster.';
      bench.task(id, job, what, 'Delete it in the overlay if it is not to run again ($patch: delete).');
    }
  },
};
