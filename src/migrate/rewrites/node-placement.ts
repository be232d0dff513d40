import type { Bench } from '../bench.ts';
import { fieldsOf, podSpecPath, textAt, valueAt, type FieldPath, type Manifest } from '../manifest.ts';
import type { Rule } from '../rule.ts';

const id = 'node-placement';

/** Labels that name one node, or that only nodes of the local cluster have. */
const localLabel =
  /^(kubernetes\.io\/hostname|node-role\.kubernetes\.io\/.*|node\.kubernetes\.io\/instance-type|(node\.)?k3s\.io\/.*|minikube\.k8s\.io\/.*)$/;

function freeSelector(bench: Bench, workload: Manifest, path: FieldPath): void {
  const selector = fieldsOf(valueAt(workload, [...path, 'nodeSelector']));
  const local = Object.keys(selector).filter((key) => localLabel.test(key));
  if (local.length === 0) return;
  const why =
    'It asks for a node of the local cluster by its label; no node of the target has it, and the pod would stay Pending.';
  if (local.length === Object.keys(selector).length)
    bench.remove(workload, [...path, 'nodeSelector'], { rule: id, why });
  else for (const key of local) bench.remove(workload, [...path, 'nodeSelector', key], { rule: id, why });
}

function freeAffinity(bench: Bench, workload: Manifest, path: FieldPath): void {
  const place = [...path, 'affinity', 'nodeAffinity'];
  const affinity = valueAt(workload, place);
  if (affinity === undefined) return;
  const text = JSON.stringify(affinity);
  if (/"values":\[[^\]]*"k3d-|node-role\.kubernetes\.io|k3s\.io/.test(text)) {
    const why = 'It binds the pod to nodes of the local cluster; on the target it would stay Pending.';
    bench.remove(workload, place, { rule: id, why });
    return;
  }
  const what = 'Its node affinity is taken over as it is.';
  bench.task(id, workload, what, 'See that the node pools of the target have these labels.');
}

/** Bonds to nodes of the local cluster. */
export const nodePlacement: Rule = {
  id,
  looksFor: 'nodeName, node selectors and node affinity that mean nodes of the local cluster',
  run: (bench) => {
    for (const workload of bench.objects()) {
      const path = podSpecPath(workload);
      if (path === undefined) continue;
      if (textAt(workload, [...path, 'nodeName']) !== undefined)
        bench.remove(workload, [...path, 'nodeName'], {
          rule: id,
          why: 'It names one node of the local cluster and goes past the scheduler.',
        });
      freeSelector(bench, workload, path);
      freeAffinity(bench, workload, path);
    }
  },
};
