import type { IngressBackend, IngressFields } from '../world/network.ts';
import type { Thing } from '../world/thing.ts';

/** One way from an Ingress to a Service. */
export interface Backend {
  readonly field: string;
  readonly path: string;
  /** Undefined: it leads to no Service. */
  readonly service: string | undefined;
  /** Name or number; undefined: it says neither. */
  readonly port: string | number | undefined;
}

function backendOf(field: string, path: string, backend: IngressBackend): Backend {
  const { service, serviceName, servicePort } = backend;
  const port = service?.port?.name || service?.port?.number || servicePort;
  return { field, path, service: service?.name ?? serviceName ?? undefined, port: port ?? undefined };
}

/** Every backend of an Ingress, the default one first. */
export function backendsOf({ fields }: Thing<IngressFields>): readonly Backend[] {
  const { defaultBackend, rules } = fields.spec;
  return [
    ...(defaultBackend ? [backendOf('spec.defaultBackend', '*', defaultBackend)] : []),
    ...rules.flatMap(({ host, http }, rule) =>
      (http?.paths ?? []).map(({ path, backend }, index) =>
        backendOf(`spec.rules[${rule}].http.paths[${index}]`, `${host ?? '*'}${path ?? '/'}`, backend),
      ),
    ),
  ];
}
