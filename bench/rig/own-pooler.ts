import { shopKubectl } from '../../src/drills/database.ts';
import type { DrillLab } from '../../src/drills/define-drill.ts';
import { shop } from '../../src/drills/shop.ts';

/** Labels of the pods of a pooler that no operator knows. */
export const ownPoolerLabels = 'app=own-pooler';

const name = 'own-pooler';
const folder = '/etc/own-pooler';

/** The operator's own template as somebody writes it down for themselves; [users] last, as a trap. */
const ini = `[databases]
* = host=${shop.database} port=5432 auth_user=${shop.poolerRole}

[pgbouncer]
listen_addr = *
listen_port = 5432
unix_socket_dir =
pool_mode = transaction
admin_users = ${shop.poolerRole}
auth_type = md5
auth_file = /etc/own-pooler-users/userlist.txt
auth_query = SELECT * FROM pooler.user_lookup($1)
server_tls_sslmode = require
ignore_startup_parameters = extra_float_digits,options

[users]
`;

function objects(image: string, userlist: string): readonly object[] {
  const labels = { app: name };
  const metadata = { name, labels };
  const password = { secretKeyRef: { name: shop.poolerSecret, key: 'password' } };
  const container = {
    name: 'pgbouncer',
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['/usr/libexec/rekindle/pgbouncer', `${folder}/pgbouncer.ini`],
    env: [{ name: 'PGPASSWORD', valueFrom: password }],
    ports: [{ containerPort: 5432 }],
    readinessProbe: { tcpSocket: { port: 5432 } },
    volumeMounts: [
      { name: 'ini', mountPath: folder },
      { name: 'users', mountPath: '/etc/own-pooler-users' },
    ],
  };
  const spec = {
    securityContext: { runAsUser: 65534, runAsGroup: 65534, runAsNonRoot: true },
    terminationGracePeriodSeconds: 5,
    containers: [container],
    volumes: [
      { name: 'ini', configMap: { name } },
      { name: 'users', secret: { secretName: `${name}-users` } },
    ],
  };
  return [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'pgbouncer.ini': ini } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metadata, name: `${name}-users` },
      stringData: { 'userlist.txt': userlist },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
  ];
}

/** Deploys the pooler with PgBouncer of this image, and waits until both of its pods are ready. */
export async function deployOwnPooler(lab: DrillLab, image: string): Promise<void> {
  const path = ['get', 'secret', shop.poolerSecret, '-o', 'jsonpath={.data.password}'];
  const password = Buffer.from(await shopKubectl(lab, path), 'base64').toString('utf8');
  const userlist = `"${shop.poolerRole}" "${password}"\n`;
  const items = objects(image, userlist);
  await shopKubectl(lab, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await shopKubectl(lab, ['rollout', 'status', `deployment/${name}`, '--timeout=120s']);
}

/** Removes it; harmless when it is not there. */
export async function removeOwnPooler(lab: DrillLab): Promise<void> {
  const all = [`deployment/${name}`, `configmap/${name}`, `secret/${name}-users`];
  await shopKubectl(lab, ['delete', '--ignore-not-found', ...all]);
}
