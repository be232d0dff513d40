import { z } from 'zod';

import { labels, listOf, portOrName, selector } from './fields.ts';

/** Services, Ingresses, endpoints and policies as far as the checks judge them. */
export const serviceShape = z.object({
  spec: z
    .object({
      type: z.string().default('ClusterIP'),
      clusterIP: z.string().nullish(),
      selector: labels,
      externalTrafficPolicy: z.string().nullish(),
      publishNotReadyAddresses: z.boolean().nullish(),
      ports: listOf(
        z.object({
          name: z.string().nullish(),
          port: z.number(),
          targetPort: portOrName.nullish(),
          nodePort: z.number().nullish(),
          protocol: z.string().nullish(),
        }),
      ),
    })
    .prefault({}),
  status: z
    .object({
      loadBalancer: z
        .object({ ingress: listOf(z.object({ ip: z.string().nullish(), hostname: z.string().nullish() })) })
        .prefault({}),
    })
    .prefault({}),
});
export type ServiceFields = z.output<typeof serviceShape>;

export const endpointSliceShape = z.object({
  metadata: z.object({ labels }),
  endpoints: listOf(
    z.object({
      addresses: listOf(z.string()),
      conditions: z.object({ ready: z.boolean().nullish() }).nullish(),
    }),
  ),
});
export type EndpointSliceFields = z.output<typeof endpointSliceShape>;

const backend = z.object({
  service: z
    .object({
      name: z.string(),
      port: z.object({ name: z.string().nullish(), number: z.number().nullish() }).nullish(),
    })
    .nullish(),
  // networking.k8s.io/v1beta1 and extensions/v1beta1.
  serviceName: z.string().nullish(),
  servicePort: portOrName.nullish(),
});
export type IngressBackend = z.output<typeof backend>;

export const ingressShape = z.object({
  spec: z
    .object({
      ingressClassName: z.string().nullish(),
      defaultBackend: backend.nullish(),
      tls: listOf(z.object({ secretName: z.string().nullish() })),
      rules: listOf(
        z.object({
          host: z.string().nullish(),
          http: z.object({ paths: listOf(z.object({ path: z.string().nullish(), backend })) }).nullish(),
        }),
      ),
    })
    .prefault({}),
  status: z
    .object({
      loadBalancer: z
        .object({
          ingress: listOf(
            z.object({ ports: listOf(z.object({ port: z.number(), error: z.string().nullish() })) }),
          ),
        })
        .prefault({}),
    })
    .prefault({}),
});
export type IngressFields = z.output<typeof ingressShape>;

const peer = z.object({ podSelector: selector.nullish(), namespaceSelector: selector.nullish() });
export const policyShape = z.object({
  spec: z.object({
    podSelector: selector.prefault({}),
    ingress: listOf(z.object({ from: listOf(peer) })),
    egress: listOf(z.object({ to: listOf(peer) })),
  }),
});
export type PolicyFields = z.output<typeof policyShape>;
