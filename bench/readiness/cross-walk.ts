import type { ForeignFinding } from './foreign-finding.ts';

/**
 * What becomes of a check of another tool. `reported`: one of these checks of ours must tell the same of the same object.
 * `security`: rights, users, networks as protection, which this report leaves out and says so. `tool`: not about the stack.
 * `missed`: of reliability, and not reported by us; it counts against us wherever it occurs.
 */
export type Crossing =
  | { readonly verdict: 'reported'; readonly checks: readonly string[]; readonly why?: string }
  | { readonly verdict: 'security' | 'tool' | 'missed'; readonly why: string };

const reported = (...checks: readonly string[]): Crossing => ({ verdict: 'reported', checks });
const reportedAs = (why: string, ...checks: readonly string[]): Crossing => ({
  verdict: 'reported',
  checks,
  why,
});
const security = (why: string): Crossing => ({ verdict: 'security', why });
const tool = (why: string): Crossing => ({ verdict: 'tool', why });
const missed = (why: string): Crossing => ({ verdict: 'missed', why });

const noMetrics = 'It needs metrics of use over time, which no report of one moment has.';
const policies = 'Whether pods are protected by a network policy is a question of security.';

/** Every code of Popeye v0.22.1 (internal/issues/assets/codes.yaml). */
const popeye: Readonly<Record<string, Crossing>> = {
  'POP-100': reported('image-not-pinned'),
  'POP-101': reported('image-not-pinned'),
  'POP-102': reportedAs(
    'Both probes are missing: two findings of ours.',
    'readiness-probe-missing',
    'liveness-probe-missing',
  ),
  'POP-103': reported('liveness-probe-missing'),
  'POP-104': reported('readiness-probe-missing'),
  'POP-105': reported('port-by-number'),
  'POP-106': reportedAs(
    'Neither requests nor limits: findings of their own with us.',
    'requests-missing',
    'memory-limit-missing',
  ),
  'POP-107': reported('memory-limit-missing', 'cpu-limit-missing'),
  'POP-108': reported('port-by-number'),
  'POP-109': missed(noMetrics),
  'POP-110': missed(noMetrics),
  'POP-111': missed(noMetrics),
  'POP-112': missed(noMetrics),
  'POP-113': security('Which registries are allowed is somebody’s policy.'),
  'POP-200': reported('pod-not-ready'),
  'POP-201': reported('pod-not-ready'),
  'POP-202': reported('pod-not-ready'),
  'POP-203': reported('pod-not-ready'),
  'POP-204': reported('pod-not-ready', 'workload-incomplete'),
  'POP-205': reported('container-restarts'),
  'POP-206': reported('disruption-budget-missing'),
  'POP-207': reported('pod-not-ready'),
  'POP-208': reported('pod-without-controller'),
  'POP-209': reported('disruption-budgets-overlap'),
  'POP-300': security('Rights of the account that pods use.'),
  'POP-301': security('A token of the API in a pod.'),
  'POP-302': security('Which user a container runs as.'),
  'POP-303': security('A token of the API in a pod.'),
  'POP-304': reported('account-reference-missing'),
  'POP-305': reported('account-reference-missing'),
  'POP-306': security('Which user a container runs as.'),
  'POP-307': reportedAs(
    'A ServiceAccount that is not there. Of pods that name none at all it says the same, which only a cluster without that admission plug-in shows.',
    'reference-missing',
  ),
  'POP-308': security('Rights of the account that pods use.'),
  'POP-400': reported('unused-object', 'namespace-empty'),
  'POP-401': reported('unused-key'),
  'POP-402': reported('metrics-missing'),
  'POP-403': reported('deprecated-api'),
  'POP-404': tool('Its own check failed.'),
  'POP-405': reported('cluster-version-old'),
  'POP-406': tool('It says that the version is fine.'),
  'POP-407': security('A ClusterRoleBinding to a role or account that is not there: rights that nobody has.'),
  'POP-500': reported('scaled-to-zero'),
  'POP-501': reported('workload-incomplete'),
  'POP-503': missed(noMetrics),
  'POP-504': missed(noMetrics),
  'POP-505': missed(noMetrics),
  'POP-506': missed(noMetrics),
  'POP-507': reported('reference-missing'),
  'POP-508': reported('selector-mismatch', 'workload-incomplete'),
  'POP-600': reported('autoscaler-target-missing'),
  'POP-602': reported('autoscaler-bounds'),
  'POP-603': reported('autoscaler-bounds'),
  'POP-604': reportedAs(
    'It says it once for all autoscalers, we of each that is too large.',
    'autoscaler-bounds',
  ),
  'POP-605': reportedAs(
    'It says it once for all autoscalers, we of each that is too large.',
    'autoscaler-bounds',
  ),
  'POP-666': tool('Its own fault.'),
  'POP-700': reported('node-taint-excludes'),
  'POP-701': reported('node-trouble'),
  'POP-702': reported('node-trouble'),
  'POP-703': reported('node-trouble'),
  'POP-704': reported('node-trouble'),
  'POP-705': reported('node-trouble'),
  'POP-706': reported('node-trouble'),
  'POP-707': reported('node-trouble'),
  'POP-708': reportedAs(
    'It says it of each node, we once of the API that has the metrics.',
    'metrics-missing',
  ),
  'POP-709': missed(noMetrics),
  'POP-710': missed(noMetrics),
  'POP-711': reported('node-trouble'),
  'POP-712': reported('single-control-plane'),
  'POP-800': reported('namespace-empty'),
  'POP-900': reported('disruption-budget-idle'),
  'POP-901': reported('disruption-budget-blocks'),
  'POP-1000': reported('volume-unused'),
  'POP-1001': reported('volume-unused'),
  'POP-1002': reported('volume-unused'),
  'POP-1003': reported('claim-unbound'),
  'POP-1004': reported('claim-unbound'),
  'POP-1100': reported('service-without-pods', 'service-without-endpoints'),
  'POP-1101': reported('port-by-number'),
  'POP-1102': reported('port-by-number'),
  'POP-1103': reported('load-balancer-service'),
  'POP-1104': reported('node-port-service'),
  'POP-1105': reported('service-without-endpoints'),
  'POP-1106': reported('service-port-mismatch'),
  'POP-1107': reported('external-traffic-policy'),
  'POP-1108': reported('external-traffic-policy'),
  'POP-1109': reported('service-single-endpoint'),
  'POP-1110': reported('service-without-endpoints'),
  'POP-1120': reported('workload-incomplete'),
  'POP-1200': reported('network-policy-idle'),
  'POP-1201': reported('network-policy-idle'),
  'POP-1202': reported('network-policy-idle'),
  'POP-1203': security('It tells that a policy lets everything or nothing through, whatever was meant.'),
  'POP-1204': security(policies),
  'POP-1205': security(policies),
  'POP-1206': security('A rule for addresses outside of the cluster matches no pod by its nature.'),
  'POP-1207': security('A rule for addresses outside of the cluster matches no pod by its nature.'),
  'POP-1208': reported('network-policy-idle'),
  'POP-1300': reported('role-missing'),
  'POP-1400': reported('ingress-backend-missing'),
  'POP-1401': reported('ingress-backend-missing'),
  'POP-1402': reported('ingress-backend-missing'),
  'POP-1403': reported('port-by-number'),
  'POP-1404': reported('ingress-backend-missing'),
  'POP-1500': reported('job-trouble'),
  'POP-1501': missed(
    'A CronJob is without an active Job between any two of its runs: that is no fault, and counts against us all the same.',
  ),
  'POP-1502': reported('job-trouble'),
  'POP-1503': missed(
    'Warnings of events go away after an hour; `rekindle diagnose` looks for their reasons.',
  ),
};

/** Every check of kube-score v1.20.0 that is on without being asked for (README_CHECKS.md), in parts where one has several. */
const kubeScore: Readonly<Record<string, Crossing>> = {
  'deployment-strategy': reported('update-strategy-recreate'),
  'deployment-replicas': reported('single-replica', 'scaled-to-zero'),
  'ingress-targets-service': reported('ingress-backend-missing'),
  'cronjob-has-deadline': reported('cron-job-missed'),
  'cronjob-restartpolicy': reported('job-trouble'),
  'container-resources: CPU limit is not set': reported('cpu-limit-missing'),
  'container-resources: Memory limit is not set': reported('memory-limit-missing'),
  'container-resources: CPU request is not set': reported('requests-missing'),
  'container-resources: Memory request is not set': reported('requests-missing'),
  'container-image-tag': reported('image-not-pinned'),
  'container-image-pull-policy': security(
    'It asks for Always so that the rights to pull are checked at each start. For a start after a loss of power that is worse: without the registry nothing starts (our pull-policy says the opposite).',
  ),
  'container-ephemeral-storage-request-and-limit: Ephemeral Storage limit is not set': reported(
    'ephemeral-storage-unlimited',
  ),
  'container-ephemeral-storage-request-and-limit: Ephemeral Storage request is not set': reported(
    'ephemeral-storage-unlimited',
  ),
  'environment-variable-key-duplication': reported('environment-duplicated'),
  'statefulset-has-poddisruptionbudget': reported('disruption-budget-missing'),
  'deployment-has-poddisruptionbudget': reported('disruption-budget-missing'),
  'poddisruptionbudget-has-policy': reported('disruption-budget-idle'),
  'pod-networkpolicy': security(policies),
  'networkpolicy-targets-pod': reported('network-policy-idle'),
  'pod-probes: Container is missing a readinessProbe': reported('readiness-probe-missing'),
  'pod-probes: Container is missing a livenessProbe': reported('liveness-probe-missing'),
  'pod-probes-identical': reported('probes-identical'),
  'container-security-context-user-group-id': security('Which user a container runs as.'),
  'container-security-context-privileged': security('Rights of a container on its node.'),
  'container-security-context-readonlyrootfilesystem': security('What a container may write to.'),
  'service-targets-pod': reportedAs(
    'Also of Services without a selector, whose endpoints somebody else writes.',
    'service-without-pods',
    'service-without-selector',
  ),
  'service-type': reported('node-port-service'),
  'stable-version': reported('deprecated-api'),
  'deployment-has-host-podantiaffinity': reportedAs(
    'It also warns where no number of copies is written, which means one: with us that is a single copy.',
    'no-spread',
    'single-replica',
  ),
  'statefulset-has-host-podantiaffinity': reportedAs(
    'It also warns where no number of copies is written, which means one: with us that is a single copy.',
    'no-spread',
    'single-replica',
  ),
  'deployment-targeted-by-hpa-does-not-have-replicas-configured': reported('autoscaler-bounds'),
  'statefulset-has-servicename': reported('headless-service-missing'),
  'deployment-pod-selector-labels-match-template-metadata-labels': reported('selector-mismatch'),
  'statefulset-pod-selector-labels-match-template-metadata-labels': reported('selector-mismatch'),
  'label-values': reported('invalid-label'),
  'horizontalpodautoscaler-has-target': reported('autoscaler-target-missing'),
  'horizontalpodautoscaler-replicas': reported('autoscaler-bounds'),
  'pod-topology-spread-constraints': reported('invalid-spread'),
};

/** Their checks by tool and id. */
export const crossWalk: Readonly<Record<ForeignFinding['tool'], Readonly<Record<string, Crossing>>>> = {
  popeye,
  'kube-score': kubeScore,
};

/** What becomes of a finding. Throws when its check is not in the table: a check that nobody has judged must not be left out in silence. */
export function crossingOf({ tool: name, id, text }: ForeignFinding): Crossing {
  const found = crossWalk[name][id];
  if (found === undefined) throw new Error(`the cross-walk lacks ${name} ${id} (${text})`);
  return found;
}
