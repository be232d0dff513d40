/**
 * Why our report has a finding that neither tool has although one of them has such a check. For checks that neither tool has
 * the check itself says why it is worth telling (its `why` and `source`).
 */
export const extraReasons: Readonly<Record<string, string>> = {
  'readiness-probe-missing':
    'kube-score is content when any container of the pod has one; Popeye looks at pods that are there, not at what would be made.',
  'liveness-probe-missing':
    'kube-score is content when any container of the pod has one; Popeye looks at pods that are there, not at what would be made.',
  'requests-missing': 'A request for only one of CPU and memory: Popeye is content with either.',
  'memory-limit-missing': 'A limit for CPU alone: Popeye is content with it.',
  'cpu-limit-missing': 'A limit for memory alone: Popeye is content with it.',
  'image-not-pinned': 'An image of a registry with a port, whose name Popeye reads as a tag.',
  'port-by-number': 'kube-score has no such check; Popeye does not look at probes of init containers that keep running.',
  'disruption-budget-missing': 'kube-score leaves out what has one copy; Popeye looks at pods, and not at a workload that has none now.',
  'unused-object': 'Popeye takes a Secret for used when a pod of another namespace names one like it, and has no word for bindings.',
  'unused-key': 'Popeye compares the keys that pods name with the other direction only.',
  'single-replica': 'kube-score looks only at Deployments behind a Service; a StatefulSet or a worker with one copy stands still as well.',
  'no-spread': 'kube-score takes any anti-affinity for one of these pods; ours must select them.',
  'pod-without-controller': 'A ReplicaSet without a Deployment, which Popeye takes for a controller.',
  'service-port-mismatch': 'kube-score has no such check; Popeye takes the first pod only.',
  'service-without-selector': 'Popeye skips Services without a selector; kube-score reads files, and nobody writes these down.',
  'autoscaler-bounds': 'kube-score looks at files only, and at the lower bound.',
  'reference-missing': 'Popeye looks at ServiceAccounts and Secrets of pods that are there; neither looks at ConfigMaps and keys.',
  'headless-service-missing': 'A StatefulSet that nobody wrote down but an operator: kube-score reads files.',
  'update-strategy-recreate': 'kube-score looks only at Deployments behind a Service.',
  'network-policy-idle': 'A peer that selects nothing: kube-score looks only at the policy’s own selector.',
  'job-trouble': 'A Job that is suspended or has failed: kube-score looks only at restart policies of CronJobs.',
  'single-control-plane': 'Popeye counts nodes with a role of before Kubernetes 1.24.',
  'metrics-missing': 'Popeye tells it of nodes only when it may read them.',
  'probes-identical': 'kube-score looks only at pods behind a Service.',
  'ephemeral-storage-unlimited': 'What an operator makes is in no file that kube-score could read.',
};
