import { z } from 'zod';

import { networkPolicy } from '../../src/observe/collectors/network-policies.ts';
import type { KubeObject } from '../../src/ports/cluster.ts';
import type { PolicyPod, PolicyWorld } from './compile.ts';

const podShape = z.object({
  spec: z.object({
    nodeName: z.string().optional(),
    hostNetwork: z.boolean().default(false),
    containers: z
      .array(
        z.object({
          ports: z.array(z.object({ name: z.string().optional(), containerPort: z.number() })).default([]),
        }),
      )
      .default([]),
  }),
  status: z.object({ podIP: z.string().optional(), phase: z.string().default('') }).prefault({}),
});

/** A pod with an address of its own; the others are on their node's network, where policies do not reach. */
function podOf(object: KubeObject): PolicyPod[] {
  const { spec, status } = podShape.parse(object);
  const isOver = status.phase === 'Failed' || status.phase === 'Succeeded';
  if (spec.hostNetwork || isOver || spec.nodeName === undefined || status.podIP === undefined) return [];
  const ports = spec.containers.flatMap((container) => container.ports);
  return [
    {
      uid: object.metadata.uid,
      namespace: object.metadata.namespace ?? '',
      labels: object.metadata.labels ?? {},
      ip: status.podIP,
      node: spec.nodeName,
      portNames: Object.fromEntries(
        ports.flatMap(({ name, containerPort }) => (name === undefined ? [] : [[name, containerPort]])),
      ),
    },
  ];
}

/** Policies, pods and namespaces of a list that `kubectl get networkpolicies,pods,namespaces -A -o json` printed. */
export function worldOf(text: string): PolicyWorld {
  const { items } = JSON.parse(text) as { readonly items: readonly KubeObject[] };
  const of = (kind: string) => items.filter((object) => object.kind === kind);
  return {
    policies: of('NetworkPolicy').map((object) => networkPolicy(object)),
    pods: of('Pod').flatMap((object) => podOf(object)),
    namespaces: Object.fromEntries(
      of('Namespace').map(({ metadata }) => [metadata.name, metadata.labels ?? {}]),
    ),
  };
}
