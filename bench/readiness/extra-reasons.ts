/**
 * Why our report has a finding that neither tool has on that object, although one of them has such a check: as seen in the
 * runs. For checks that neither tool has, the check itself says why it is worth telling (its `why` and `source`).
 */
export const extraReasons: Readonly<Record<string, string>> = {
  'single-control-plane':
    'Popeye has the code (712), and no linter of v0.22.1 uses it; kube-score reads no nodes.',
  'disruption-budget-blocks':
    'Popeye has the code (901), and its linter of v0.22.1 looks only whether a budget selects pods.',
  'probes-identical':
    'kube-score v1.20.0 compares HTTP, TCP and commands, and not gRPC (score/probes/probes.go).',
  'single-replica':
    'kube-score looks only at Deployments behind a Service: a StatefulSet or a worker with one copy stands still as well.',
  'update-strategy-recreate':
    'kube-score looks only at Deployments behind a Service: what does other work stops for an update as well.',
  'service-without-selector':
    'Popeye leaves out Services without a selector, and kube-score calls one that an operator serves a Service without pods; ours says who must write its endpoints.',
  'no-spread':
    'kube-score leaves out what has one copy written down, also where an autoscaler may make more of it.',
  'namespace-empty':
    'Popeye takes a namespace for used because of the ServiceAccount that every namespace has (internal/cache/sa.go).',
  'reference-missing':
    'Neither looks whether a Secret or ConfigMap that pods need is there: Popeye only at ServiceAccounts, kube-score at none.',
};
