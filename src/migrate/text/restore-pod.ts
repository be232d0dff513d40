import { userSecret } from '../operator-cluster.ts';
import { comment, type Files } from '../overlay.ts';
import { yaml } from '../yaml-text.ts';
import type { Needs } from '../needs.ts';

/** A pod with PostgreSQL's own programs, for a database that is reached from inside of the cluster only. */
export function restorePodFile({ database, cluster }: Needs): Files {
  if (database !== 'managed' || cluster === undefined) return {};
  const [owner = ''] = Object.values(cluster.databases);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'restore', namespace: cluster.namespace },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 999, runAsGroup: 999, fsGroup: 999 },
      containers: [
        {
          name: 'client',
          image: `postgres:${cluster.version}`,
          command: ['sleep', 'infinity'],
          env: [
            { name: 'PGSSLMODE', value: 'verify-ca' },
            { name: 'PGSSLROOTCERT', value: '/ca/ca.pem' },
            {
              name: 'PGPASSWORD',
              valueFrom: { secretKeyRef: { name: userSecret(cluster, owner), key: 'password' } },
            },
          ],
          resources: { requests: { cpu: '500m', memory: '512Mi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          volumeMounts: [
            { name: 'ca', mountPath: '/ca' },
            { name: 'work', mountPath: '/tmp' },
          ],
        },
      ],
      volumes: [
        { name: 'ca', configMap: { name: 'database-ca' } },
        { name: 'work', emptyDir: {} },
      ],
    },
  };
  const about =
    'For the restore (cut-over.md), and deleted after it. 999 is the user postgres of this image.';
  return { 'restore-pod.yaml': `${comment(about)}${yaml(pod)}` };
}
