import type { Bench } from '../bench.ts';
import { podSpecPath, textAt, type Manifest } from '../manifest.ts';

/**
 * The service account that a workload's pods run as; made and set where they run as `default`, because an identity of the
 * cloud must not be given to every pod of the namespace. Returns its manifest.
 */
export function accountOf(bench: Bench, workload: Manifest, rule: string): Manifest {
  const { name, namespace = 'default' } = workload.metadata;
  const path = [...(podSpecPath(workload) ?? []), 'serviceAccountName'];
  const given = textAt(bench.now(workload), path);
  if (given !== undefined && given !== 'default') {
    const found = bench.find('ServiceAccount', given, namespace);
    return found ?? added(bench, given, namespace, rule);
  }
  const account = added(bench, name, namespace, rule);
  const why = 'The pods get an identity of the cloud; as `default` every pod of the namespace would have it.';
  bench.set(workload, path, name, { rule, why });
  return account;
}

function added(bench: Bench, name: string, namespace: string, rule: string): Manifest {
  const account: Manifest = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
  bench.add(account, {
    rule,
    why: 'The pods act in the cloud under this name, without a key in any Secret.',
  });
  return bench.find('ServiceAccount', name, namespace) ?? account;
}
