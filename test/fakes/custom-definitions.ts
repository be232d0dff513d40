import { readFileSync } from 'node:fs';
import path from 'node:path';

import { parseAllDocuments } from 'yaml';

import { goModule } from './go-module.ts';

/** A CustomResourceDefinition. */
export type Definition = Readonly<Record<string, unknown>>;

/** Modules whose repositories have their own definitions, each with its checksum and the files that are needed. */
const modules = [
  {
    name: 'github.com/zalando/postgres-operator@v1.14.0',
    sum: 'h1:C8+n26C8v6fPB1SNW+Y8X6oQoEHufzGJXJzYPlix+zw=',
    files: ['manifests/postgresql.crd.yaml'],
  },
  {
    name: 'sigs.k8s.io/gateway-api@v1.4.0',
    sum: 'h1:ZwlNM6zOHq0h3WUX2gfByPs2yAEsy/EenYJB78jpQfQ=',
    files: ['gateways', 'httproutes'].map(
      (kind) => `config/crd/standard/gateway.networking.k8s.io_${kind}.yaml`,
    ),
  },
  {
    name: 'github.com/external-secrets/external-secrets@v1.3.2',
    sum: 'h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=',
    files: ['externalsecrets', 'secretstores'].map(
      (kind) => `config/crds/bases/external-secrets.io_${kind}.yaml`,
    ),
  },
  {
    name: 'sigs.k8s.io/karpenter@v1.8.0',
    sum: 'h1:AmTHUPtnuL8IX9mbcD3NOohyk62idrBCBtM+8Wn6Jvk=',
    files: ['pkg/apis/crds/karpenter.sh_nodepools.yaml'],
  },
  {
    name: 'github.com/cert-manager/cert-manager@v1.21.2',
    sum: 'h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=',
    files: ['certificates', 'issuers'].map((kind) => `deploy/crds/cert-manager.io_${kind}.yaml`),
  },
] as const;

/** The definitions of the projects that own them, as they publish them; `lacking` where they cannot be had here. */
export async function othersDefinitions(): Promise<{
  readonly list: readonly Definition[];
  readonly lacking?: string;
}> {
  const list: Definition[] = [];
  for (const { name, sum, files } of modules) {
    const { folder, lacking } = await goModule(name, sum);
    if (folder === undefined) return { list: [], lacking };
    for (const file of files)
      for (const document of parseAllDocuments(readFileSync(path.join(folder, file), 'utf8')))
        list.push(document.toJS() as Definition);
  }
  return { list };
}

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const number = { type: 'integer' };
const object = (properties: Schema, required: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

const targetRef = object({ group: text, kind: text, name: text, namespace: text }, ['group', 'kind', 'name']);

function standIn(group: string, kind: string, spec: Schema, scope = 'Namespaced'): Definition {
  const singular = kind.toLowerCase();
  const plural = singular.endsWith('s') ? singular : `${singular.replace(/y$/, 'ie')}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope,
      names: { kind, listKind: `${kind}List`, plural, singular },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: object({ spec }) } }],
    },
  };
}

const httpCheck = object({
  host: text,
  port: number,
  portName: text,
  portSpecification: { type: 'string', enum: ['USE_FIXED_PORT', 'USE_NAMED_PORT', 'USE_SERVING_PORT'] },
  proxyHeader: text,
  requestPath: text,
  response: text,
});

/**
 * Stand-ins for GKE's own kinds, as far as the overlay uses them. Written by hand from
 * docs.cloud.google.com/kubernetes-engine/docs/how-to/configure-gateway-resources.
 */
export const gkeStandIns: readonly Definition[] = [
  standIn(
    'networking.gke.io',
    'HealthCheckPolicy',
    object({
      targetRef,
      default: object({
        checkIntervalSec: number,
        timeoutSec: number,
        healthyThreshold: number,
        unhealthyThreshold: number,
        config: object({ type: text, httpHealthCheck: httpCheck, httpsHealthCheck: httpCheck }),
      }),
    }),
  ),
  standIn(
    'networking.gke.io',
    'GCPBackendPolicy',
    object({
      targetRef,
      default: object({ timeoutSec: number, connectionDraining: object({ drainingTimeoutSec: number }) }),
    }),
  ),
  standIn(
    'networking.gke.io',
    'GCPGatewayPolicy',
    object({ targetRef, default: object({ sslPolicy: text }) }),
  ),
];

/** A stand-in for EKS Auto Mode's own kind. Written by hand from docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html. */
export const eksStandIns: readonly Definition[] = [
  standIn(
    'eks.amazonaws.com',
    'IngressClassParams',
    object({ scheme: text, certificateARNs: { type: 'array', items: text } }),
    'Cluster',
  ),
];
