import { z } from 'zod';

import type { NetworkPolicy, PolicyRule } from '../../domain/network-policy.ts';
import type { NetworkPolicyFacts } from '../../domain/observation.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';

const listOf = <T extends z.ZodType>(shape: T) =>
  z
    .array(shape)
    .nullish()
    .transform((values) => values ?? []);

const selector = z.object({
  matchLabels: z
    .record(z.string(), z.string())
    .nullish()
    .transform((labels) => labels ?? {}),
  matchExpressions: listOf(
    z.object({
      key: z.string(),
      operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
      values: listOf(z.string()),
    }),
  ),
});

const peer = z
  .object({
    ipBlock: z.object({ cidr: z.string(), except: z.array(z.string()).nullish() }).nullish(),
    podSelector: selector.nullish(),
    namespaceSelector: selector.nullish(),
  })
  .transform(({ ipBlock, podSelector, namespaceSelector }) =>
    ipBlock
      ? { ipBlock: { cidr: ipBlock.cidr, except: ipBlock.except ?? [] } }
      : { ...(podSelector && { podSelector }), ...(namespaceSelector && { namespaceSelector }) },
  );

const port = z
  .object({
    protocol: z.enum(['TCP', 'UDP', 'SCTP']).nullish(),
    port: z.union([z.number(), z.string()]).nullish(),
    endPort: z.number().nullish(),
  })
  .transform(({ protocol, port: value, endPort }) => ({
    protocol: protocol ?? ('TCP' as const),
    ...(value !== null && value !== undefined && { port: value }),
    ...(endPort !== null && endPort !== undefined && { endPort }),
  }));

const rules = (side: 'from' | 'to') =>
  z
    .array(z.object({ [side]: z.array(peer).nullish(), ports: z.array(port).nullish() }))
    .nullish()
    .transform((list): readonly PolicyRule[] =>
      (list ?? []).map((rule) => ({
        peers: (rule[side] ?? []) as PolicyRule['peers'],
        ports: (rule['ports'] ?? []) as PolicyRule['ports'],
      })),
    );

const policyShape = z.object({
  spec: z.object({
    podSelector: selector,
    policyTypes: z.array(z.string()).nullish(),
    ingress: rules('from'),
    egress: rules('to'),
  }),
});

/**
 * Reduces a NetworkPolicy to what it lets through. The API server fills `policyTypes` in; where it is missing, a policy
 * governs ingress, and egress when it has egress rules (networking.k8s.io/v1). Throws when the object is none.
 */
export function networkPolicy(object: KubeObject): NetworkPolicy {
  const { spec } = policyShape.parse(object);
  const types = spec.policyTypes ?? ['Ingress', ...(spec.egress.length > 0 ? ['Egress'] : [])];
  return {
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    createdAt: Date.parse(object.metadata.creationTimestamp ?? ''),
    podSelector: spec.podSelector,
    ...(types.includes('Ingress') && { ingress: spec.ingress }),
    ...(types.includes('Egress') && { egress: spec.egress }),
  };
}

/** The policies of one namespace, and the labels by which policies elsewhere may name it. */
export async function collectNetworkPolicies(
  reader: ClusterReader,
  namespace: string,
): Promise<NetworkPolicyFacts> {
  const [policies, own] = await Promise.all([
    reader.list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`),
    reader.get(`/api/v1/namespaces/${namespace}`),
  ]);
  return {
    policies: policies.map((object) => networkPolicy(object)),
    namespaceLabels: own?.metadata.labels ?? {},
  };
}
