import type { Manifest } from './manifest.ts';

/** The PgBouncer that stands before a managed database, in the place of the operator's. */
export interface PoolerPlan {
  readonly namespace: string;
  /** Name of the operator's cluster: its Services keep their names. */
  readonly cluster: string;
  readonly instances: number;
  readonly mode: string;
  readonly databases: readonly string[];
}

/** Name under which the pooler's image is built and pushed; `images/pgbouncer/Dockerfile` of the folder. */
export const poolerImage = 'pgbouncer:1';

/** The operator's own limit over all instances (`connection_pooler_max_db_connections`, charts/postgres-operator/values.yaml 1.14). */
const connectionsInAll = 60;

/** Where the files are in the container. */
const place = { ini: '/etc/pgbouncer', users: '/etc/pgbouncer-users', ca: '/etc/pgbouncer-ca', tls: '/tls' };

/**
 * PgBouncer's settings: what the operator's template says, the profile `quick` of docs/pooler-profiles.md, and TLS on both
 * sides. `verify-ca`: the address is a Service's, so the name in the server's certificate cannot match.
 */
export function poolerIni({ cluster, instances, mode, databases }: PoolerPlan): string {
  const perInstance = Math.max(1, Math.floor(connectionsInAll / instances));
  const lines = [
    '[databases]',
    ...databases.map((name) => `${name} = host=${cluster} port=5432 dbname=${name}`),
    '',
    '[pgbouncer]',
    'listen_addr = 0.0.0.0',
    'listen_port = 5432',
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${place.users}/userlist.txt`,
    `pool_mode = ${mode}`,
    `max_db_connections = ${perInstance}`,
    `default_pool_size = ${Math.max(1, Math.floor(perInstance / 2))}`,
    'max_client_conn = 1000',
    'ignore_startup_parameters = extra_float_digits,options',
    'server_login_retry = 1',
    'server_connect_timeout = 10',
    'server_tls_sslmode = verify-ca',
    `server_tls_ca_file = ${place.ca}/ca.pem`,
    'client_tls_sslmode = require',
    `client_tls_key_file = ${place.tls}/tls.key`,
    `client_tls_cert_file = ${place.tls}/tls.crt`,
  ];
  return `${lines.join('\n')}\n`;
}

const locked = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

function deployment({ namespace, cluster, instances }: PoolerPlan, name: string): Manifest {
  const labels = { application: 'db-connection-pooler', 'cluster-name': cluster };
  const certificate = ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3650'];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: instances,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          // 65534: PgBouncer refuses to be root.
          securityContext: { runAsNonRoot: true, runAsUser: 65_534, runAsGroup: 65_534, fsGroup: 65_534 },
          automountServiceAccountToken: false,
          initContainers: [
            {
              name: 'certificate',
              image: poolerImage,
              command: [
                ...certificate,
                '-subj',
                `/CN=${name}`,
                '-keyout',
                `${place.tls}/tls.key`,
                '-out',
                `${place.tls}/tls.crt`,
              ],
              securityContext: locked,
              volumeMounts: [{ name: 'tls', mountPath: place.tls }],
            },
          ],
          containers: [
            {
              name: 'pgbouncer',
              image: poolerImage,
              command: ['pgbouncer', `${place.ini}/pgbouncer.ini`],
              ports: [{ name: 'postgres', containerPort: 5432 }],
              // Whether PgBouncer listens: while the database fails over its clients wait here, and must not be turned away.
              readinessProbe: { tcpSocket: { port: 'postgres' }, periodSeconds: 5 },
              // Until no Service sends anybody here any more.
              lifecycle: { preStop: { exec: { command: ['sleep', '10'] } } },
              resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '256Mi' } },
              securityContext: locked,
              volumeMounts: [
                { name: 'settings', mountPath: place.ini },
                { name: 'users', mountPath: place.users },
                { name: 'ca', mountPath: place.ca },
                { name: 'tls', mountPath: place.tls },
              ],
            },
          ],
          volumes: [
            { name: 'settings', configMap: { name } },
            { name: 'users', secret: { secretName: 'pgbouncer-users' } },
            { name: 'ca', configMap: { name: 'database-ca' } },
            { name: 'tls', emptyDir: { medium: 'Memory' } },
          ],
        },
      },
    },
  };
}

/** ConfigMap, Deployment and Service of the pooler. The Secret `pgbouncer-users` and the ConfigMap `database-ca` are not in it. */
export function poolerObjects(plan: PoolerPlan): readonly Manifest[] {
  const name = `${plan.cluster}-pooler`;
  const { namespace, cluster } = plan;
  const selector = { application: 'db-connection-pooler', 'cluster-name': cluster };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace },
      data: { 'pgbouncer.ini': poolerIni(plan) },
    },
    deployment(plan, name),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { selector, ports: [{ name: 'postgres', port: 5432, targetPort: 'postgres' }] },
    },
  ];
}
