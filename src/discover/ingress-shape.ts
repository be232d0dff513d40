import { z } from 'zod';

import type { KubeObject } from '../ports/cluster.ts';

const backend = z.object({
  service: z
    .object({
      name: z.string(),
      port: z.object({ name: z.string().optional(), number: z.number().optional() }).prefault({}),
    })
    .optional(),
});
const ingressShape = z.object({
  spec: z.object({
    tls: z
      .array(z.object({ hosts: z.array(z.string()).nullish(), secretName: z.string().optional() }))
      .nullish(),
    defaultBackend: backend.nullish(),
    rules: z
      .array(
        z.object({
          host: z.string().optional(),
          http: z.object({ paths: z.array(z.object({ path: z.string().default('/'), backend })) }).optional(),
        }),
      )
      .nullish(),
  }),
});

/** One way in through an Ingress: a host and path and the Service behind it. */
export interface IngressRoute {
  /** Undefined: every host. */
  readonly host: string | undefined;
  readonly path: string;
  readonly service: string;
  readonly port: string | number | undefined;
}

export interface IngressFacts {
  readonly name: string;
  readonly routes: readonly IngressRoute[];
  readonly tls: readonly { readonly hosts: readonly string[]; readonly secretName: string | undefined }[];
}

function routeOf(
  host: string | undefined,
  path: string,
  { service }: z.infer<typeof backend>,
): readonly IngressRoute[] {
  if (service === undefined) return [];
  return [{ host, path, service: service.name, port: service.port.name ?? service.port.number }];
}

/** Reads one Ingress; backends that are no Service are left out. Throws when it is none. */
export function ingressOf(object: KubeObject): IngressFacts {
  const { rules, tls, defaultBackend } = ingressShape.parse(object).spec;
  return {
    name: object.metadata.name,
    routes: [
      ...(rules ?? []).flatMap(({ host, http }) =>
        (http?.paths ?? []).flatMap((entry) => routeOf(host, entry.path, entry.backend)),
      ),
      ...routeOf(undefined, '/', defaultBackend ?? {}),
    ],
    tls: (tls ?? []).map(({ hosts, secretName }) => ({ hosts: hosts ?? [], secretName })),
  };
}
