import { takeInventory, type Inventory } from '../../src/discover/inventory.ts';
import type { ClusterReader, KubeObject } from '../../src/ports/cluster.ts';

/** An object without what discovery does not read. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: Omit<KubeObject['metadata'], 'uid'>;
  readonly [field: string]: unknown;
}

const plural = (kind: string) => (kind === 'Ingress' ? 'ingresses' : `${kind.toLowerCase()}s`);

/** The inventory of a namespace that holds these objects, taken as from a cluster. */
export function inventoryOf(namespace: string, manifests: readonly Manifest[]): Promise<Inventory> {
  const objects = manifests.map((manifest) => ({
    ...manifest,
    metadata: { ...manifest.metadata, namespace, uid: manifest.metadata.name },
  }));
  const reader: Pick<ClusterReader, 'list'> = {
    list: (path) =>
      Promise.resolve(
        objects.filter(({ kind }) => path.endsWith(`/namespaces/${namespace}/${plural(kind)}`)),
      ),
  };
  return takeInventory(reader as ClusterReader, namespace);
}

interface PodParts {
  readonly labels?: Readonly<Record<string, string>>;
  readonly container?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** A Deployment of one container whose pods are labelled `app=NAME`. */
export function deployment(name: string, { labels, container, ...pod }: PodParts = {}): Manifest {
  const own = { app: name, ...labels };
  return {
    kind: 'Deployment',
    metadata: { name, labels: own },
    spec: {
      selector: { matchLabels: own },
      template: {
        metadata: { labels: own },
        spec: { containers: [{ name: 'main', image: `${name}:1`, ...container }], ...pod },
      },
    },
  };
}

/** A Service in front of the pods labelled `app=NAME`. */
export function service(name: string, spec: Readonly<Record<string, unknown>> = {}): Manifest {
  return {
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
  };
}

/** What the Zalando operator makes for one database cluster with a pooler. */
export function operatorObjects(cluster: string): readonly Manifest[] {
  const labels = { application: 'spilo', 'cluster-name': cluster };
  const poolerLabels = { application: 'db-connection-pooler', 'cluster-name': cluster };
  const secret = `pooler.${cluster}.credentials.postgresql.acid.zalan.do`;
  const password = { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: secret, key: 'password' } } };
  const pooler = deployment(`${cluster}-pooler`, { labels: poolerLabels, container: { env: [password] } });
  return [
    { ...deployment(cluster, { labels }), kind: 'StatefulSet' },
    pooler,
    { kind: 'Service', metadata: { name: cluster }, spec: { ports: [{ port: 5432 }] } },
    service(`${cluster}-repl`, { selector: { ...labels, 'spilo-role': 'replica' } }),
    service(`${cluster}-pooler`, { selector: poolerLabels }),
  ];
}
