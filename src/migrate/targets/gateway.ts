import type { Manifest } from '../manifest.ts';
import type { Door, DoorRoute } from '../target.ts';

/** What a Gateway of a provider has of its own. */
export interface GatewayStyle {
  readonly gatewayClassName: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Fields of the Gateway's spec besides class and listeners. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** TLS of the listener for HTTPS; undefined where the provider has it from elsewhere. */
  readonly tls?: Readonly<Record<string, unknown>>;
}

function pathMatch({ path, pathType }: DoorRoute): object {
  return { path: { type: pathType === 'Exact' ? 'Exact' : 'PathPrefix', value: path } };
}

/** A host name that nobody has (RFC 2606), until the build puts the domain there. */
export const nobodysHost = 'domain.invalid';

function route(door: Door, name: string, listener: string, rules: readonly object[]): Manifest {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace: door.namespace },
    spec: { parentRefs: [{ name: door.name, sectionName: listener }], hostnames: [nobodysHost], rules },
  };
}

/** A Gateway with HTTPS, the routes of the old front door, and a redirect from HTTP. */
export function gatewayObjects(
  door: Door,
  style: GatewayStyle,
): { readonly gateway: Manifest; readonly routes: readonly Manifest[] } {
  const { namespace, name } = door;
  const from = { namespaces: { from: 'Same' } };
  const gateway: Manifest = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace, ...(style.annotations && { annotations: style.annotations }) },
    spec: {
      gatewayClassName: style.gatewayClassName,
      ...style.spec,
      listeners: [
        {
          name: 'https',
          protocol: 'HTTPS',
          port: 443,
          ...(style.tls && { tls: style.tls }),
          allowedRoutes: from,
        },
        { name: 'http', protocol: 'HTTP', port: 80, allowedRoutes: from },
      ],
    },
  };
  const rules = door.routes.map((entry) => ({
    matches: [pathMatch(entry)],
    backendRefs: [{ name: entry.service, port: entry.port }],
  }));
  const redirect = {
    filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
  };
  return {
    gateway,
    routes: [route(door, name, 'https', rules), route(door, `${name}-to-https`, 'http', [redirect])],
  };
}
