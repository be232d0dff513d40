import type { Bench } from '../bench.ts';
import { listOf, valueAt, type Manifest } from '../manifest.ts';
import type { Door, DoorBackend } from '../target.ts';
import { gatewayObjects, nobodysHost } from './gateway.ts';

const rule = 'front-door';

/** The certificate map and the policy for TLS are outside of the Gateway API. */
const certificateAnnotation = 'networking.gke.io/certmap';

function policyFor(kind: string, { service }: DoorBackend, spec: object): Manifest {
  const { name, namespace = 'default' } = service.metadata;
  return {
    apiVersion: 'networking.gke.io/v1',
    kind,
    metadata: { name, namespace },
    spec: { ...spec, targetRef: { group: '', kind: 'Service', name } },
  };
}

/** The load balancer asks the pods itself, for / unless told otherwise, with its own address as the host name. */
function addHealthCheck(bench: Bench, backend: DoorBackend): void {
  const [type, field] = backend.speaksTls ? ['HTTPS', 'httpsHealthCheck'] : ['HTTP', 'httpHealthCheck'];
  const check = {
    portSpecification: 'USE_SERVING_PORT',
    host: nobodysHost,
    requestPath: backend.healthPath ?? '/',
  };
  const policy = policyFor('HealthCheckPolicy', backend, {
    default: {
      checkIntervalSec: 5,
      timeoutSec: 5,
      healthyThreshold: 1,
      unhealthyThreshold: 2,
      config: { type, [field]: check },
    },
  });
  const why = `GKE’s load balancer does not read readiness probes: without this it asks for / by HTTP, and every backend is unhealthy unless that gives 200.`;
  bench.add(policy, { rule, why });
  bench.fill('DOMAIN', policy, ['spec', 'default', 'config', field, 'host']);
}

function addDraining(bench: Bench, backend: DoorBackend): void {
  const policy = policyFor('GCPBackendPolicy', backend, {
    default: { timeoutSec: 60, connectionDraining: { drainingTimeoutSec: 30 } },
  });
  const why =
    'Requests that are at work get 30 seconds when their pod goes; a request may take a minute, as nginx allows it.';
  bench.add(policy, { rule, why });
}

function speakTls(bench: Bench, { service, port, speaksTls }: DoorBackend): void {
  if (!speaksTls) return;
  const index = listOf(valueAt(service, ['spec', 'ports'])).findIndex((entry) => entry['port'] === port);
  bench.set(service, ['spec', 'ports', index, 'appProtocol'], 'HTTPS', {
    rule,
    why: 'Its pods speak TLS; without this the load balancer would speak plain HTTP to them.',
  });
}

/**
 * A global external Application Load Balancer by the Gateway API, with a certificate of Certificate Manager, which can be
 * ready before DNS leads here (an Ingress’s ManagedCertificate cannot)
 * (docs.cloud.google.com/kubernetes-engine/docs/how-to/secure-gateway, .../how-to/configure-gateway-resources).
 */
export function openGateway(bench: Bench, door: Door): void {
  const { gateway, routes } = gatewayObjects(door, {
    gatewayClassName: 'gke-l7-global-external-managed',
    annotations: { [certificateAnnotation]: 'certificate.invalid' },
    spec: { addresses: [{ type: 'NamedAddress', value: 'address.invalid' }] },
  });
  bench.add(gateway, {
    rule,
    why: 'The load balancer: one address for the whole world, with a certificate that renews itself.',
  });
  bench.fill('CERTIFICATE', gateway, ['metadata', 'annotations', certificateAnnotation]);
  bench.fill('FRONT_DOOR_ADDRESS', gateway, ['spec', 'addresses', 0, 'value']);
  const [https, http] = routes;
  for (const route of routes) bench.fill('DOMAIN', route, ['spec', 'hostnames', 0]);
  if (https !== undefined)
    bench.add(https, { rule, why: 'The paths that the old front door had, under the domain.' });
  if (http !== undefined) bench.add(http, { rule, why: 'Whoever comes by HTTP is sent to HTTPS.' });
  const tls: Manifest = {
    apiVersion: 'networking.gke.io/v1',
    kind: 'GCPGatewayPolicy',
    metadata: { name: door.name, namespace: door.namespace },
    spec: {
      default: { sslPolicy: 'policy.invalid' },
      targetRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: door.name },
    },
  };
  bench.add(tls, { rule, why: 'TLS 1.2 at least; without it the load balancer also takes 1.0 and 1.1.' });
  bench.fill('TLS_POLICY', tls, ['spec', 'default', 'sslPolicy']);
  for (const backend of door.backends) {
    speakTls(bench, backend);
    addHealthCheck(bench, backend);
    addDraining(bench, backend);
  }
}
