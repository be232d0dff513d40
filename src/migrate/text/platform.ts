import { comment, type Files } from '../overlay.ts';
import { yaml } from '../yaml-text.ts';
import type { Needs } from '../needs.ts';

/** Versions of what is installed beside the stack. The operator's is the one that the project's lab runs. */
export const versions = { operator: '1.14.0', externalSecrets: '1.3.2' } as const;

const operatorHead = `Values of the Zalando operator's chart ${versions.operator}; all others are the chart's own.
helm upgrade --install postgres-operator postgres-operator-charts/postgres-operator --version ${versions.operator} \\
  --namespace postgres-operator --create-namespace --values postgres-operator-values.yaml`;

/** What a cluster of several machines asks of the operator (charts/postgres-operator/values.yaml 1.14). */
const operatorValues = {
  configKubernetes: {
    // Each member in a zone of its own.
    enable_pod_antiaffinity: true,
    pod_antiaffinity_topology_key: 'topology.kubernetes.io/zone',
    // Deleting the cluster's object must not delete its data or its passwords.
    enable_persistent_volume_claim_deletion: false,
    enable_secrets_deletion: false,
    enable_readiness_probe: true,
    enable_pod_disruption_budget: true,
  },
};

/** Values of what is installed beside the stack. */
export function platformFiles({ database, cluster }: Needs): Files {
  if (database !== 'operator' || cluster === undefined) return {};
  return { 'postgres-operator-values.yaml': `${comment(operatorHead)}${yaml(operatorValues)}` };
}
