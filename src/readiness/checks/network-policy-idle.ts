import { defineCheck, type Draft } from '../define-check.ts';
import { edit } from '../judging/commands.ts';
import type { Selector } from '../world/fields.ts';
import type { PolicyFields } from '../world/network.ts';
import { matches, podLabelsIn } from '../world/relations.ts';
import type { Thing } from '../world/thing.ts';
import type { World } from '../world/world.ts';

type Peer = PolicyFields['spec']['ingress'][number]['from'][number];

const isOpen = ({ matchLabels, matchExpressions }: Selector) =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;

/** Namespaces that a peer means; undefined where files cannot tell which there are. */
function namespacesOf(world: World, own: string | undefined, peer: Peer): readonly string[] | undefined {
  const { namespaceSelector: selector } = peer;
  if (selector === null || selector === undefined) return own === undefined ? [] : [own];
  // An empty one means every namespace (networking.k8s.io/v1, NetworkPolicyPeer).
  if (!world.isLive || isOpen(selector)) return undefined;
  return world.objects
    .filter(({ kind }) => kind === 'Namespace')
    .filter(({ metadata }) =>
      matches(selector, { 'kubernetes.io/metadata.name': metadata.name, ...metadata.labels }),
    )
    .map(({ metadata }) => metadata.name);
}

function peerTrouble(world: World, policy: Thing<PolicyFields>, peer: Peer): string | undefined {
  const namespaces = namespacesOf(world, policy.ref.namespace, peer);
  if (namespaces === undefined) return undefined;
  if (namespaces.length === 0) return `no namespace has the labels ${JSON.stringify(peer.namespaceSelector)}`;
  const { podSelector } = peer;
  if (podSelector === null || podSelector === undefined || isOpen(podSelector)) return undefined;
  if (namespaces.some((name) => !world.namespaces.includes(name))) return undefined;
  const found = namespaces.some((namespace) =>
    podLabelsIn(world, namespace).some((labels) => matches(podSelector, labels)),
  );
  return found
    ? undefined
    : `no pod of ${namespaces.join(', ')} has the labels ${JSON.stringify(podSelector)}`;
}

function judge(world: World, policy: Thing<PolicyFields>): readonly Draft[] {
  const { ref, fields } = policy;
  const { podSelector, ingress, egress } = fields.spec;
  const draft = (field: string, trouble: string, value: unknown): Draft => ({
    object: ref,
    claim: `In ${field} ${trouble}.`,
    evidence: [[field, JSON.stringify(value)]],
    advice: { say: 'Correct the selector, or delete what is left over.', command: edit(ref) },
  });
  const own =
    isOpen(podSelector) || podLabelsIn(world, ref.namespace).some((labels) => matches(podSelector, labels))
      ? []
      : [draft('spec.podSelector', 'no pod has these labels', podSelector)];
  const peers = [
    ...ingress.flatMap(({ from }, index) =>
      from.map((peer) => [`spec.ingress[${index}].from`, peer] as const),
    ),
    ...egress.flatMap(({ to }, index) => to.map((peer) => [`spec.egress[${index}].to`, peer] as const)),
  ];
  return [
    ...own,
    ...peers.flatMap(([field, peer]) => {
      const trouble = peerTrouble(world, policy, peer);
      return trouble === undefined ? [] : [draft(field, trouble, peer)];
    }),
  ];
}

/** Of connections, not of security: a rule for nobody lets nobody through (networking.k8s.io/v1). */
export const networkPolicyIdle = defineCheck({
  id: 'network-policy-idle',
  title: 'A network policy with a selector that matches nothing',
  severity: 'low',
  why: 'Either something is not protected that should be, or something is not let through that must be.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  needs: ['NetworkPolicy', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Namespace'],
  judge: (world) => world.policies.flatMap((policy) => judge(world, policy)),
});
