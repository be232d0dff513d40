import { groupOf } from '../manifest.ts';
import type { Rule } from '../rule.ts';

const id = 'definitions';

/** Groups that every cluster has, and those whose definitions the folder says how to install. */
const known =
  /^$|^(apps|autoscaling|batch|policy|acid\.zalan\.do|external-secrets\.io)$|\.k8s\.io$|^(networking\.gke\.io|eks\.amazonaws\.com|karpenter\.sh|cert-manager\.io|gateway\.networking\.k8s\.io)$/;

/** Kinds that somebody's definition brings, and limits that were set for a local machine. */
export const definitions: Rule = {
  id,
  looksFor:
    'custom resources, whose definitions and controllers the target does not have, and quotas set for one machine',
  run: (bench) => {
    const own = bench
      .objects()
      .filter((one) => !known.test(groupOf(one)) && one.kind !== 'CustomResourceDefinition');
    const kinds = [...new Set(own.map((one) => `${one.kind} (${groupOf(one)})`))].sort();
    if (kinds.length > 0)
      bench.task(
        id,
        kinds.join(', '),
        'Their definitions and controllers are not in the export; without the definitions the overlay cannot be applied.',
        'Install on the target what brings them, in the version that runs here, before the overlay.',
      );
    for (const quota of [...bench.objects('ResourceQuota'), ...bench.objects('LimitRange')])
      bench.task(
        id,
        quota,
        'It was set for one machine. Disks are larger now, there are more pods, and load balancers count.',
        'Compare it with what the overlay asks for (kubectl describe quota after applying), or leave it out.',
      );
  },
};
