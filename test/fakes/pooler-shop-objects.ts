/** Objects of a shop whose database Zalando's operator runs, or whose pooler is somebody's own; as they are created. */

type Json = Readonly<Record<string, unknown>>;

/** Where an object is created, and the object. */
export interface Created {
  readonly path: string;
  readonly body: Json;
}

/** The pooler's name, and that of the image that it has at first. */
export const pooler = { name: 'db-pooler', image: 'pgbouncer:1', account: 'postgres-pod' } as const;

const operators = { application: 'db-connection-pooler', 'cluster-name': 'db' };

/** Labels of the pooler's pods. */
export const poolerLabels = { 'connection-pooler': pooler.name };

function secret(namespace: string, user: string, password: string): Created {
  const name = `${user}.db.credentials.postgresql.acid.zalan.do`;
  const body = {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name },
    stringData: { username: user, password },
  };
  return { path: `/api/v1/namespaces/${namespace}/secrets`, body };
}

function fromSecret(name: string, user: string): Json {
  const secretKeyRef = { name: `${user}.db.credentials.postgresql.acid.zalan.do`, key: 'password' };
  return { name, valueFrom: { secretKeyRef } };
}

/** The pooler's Deployment; `own` is the folder in which its own ConfigMap is mounted. */
export function poolerDeployment(image: string, own: string | undefined): Json {
  const mounts = own === undefined ? {} : { volumeMounts: [{ name: 'ini', mountPath: own }] };
  const volumes =
    own === undefined ? {} : { volumes: [{ name: 'ini', configMap: { name: 'my-pgbouncer' } }] };
  const container = {
    name: 'connection-pooler',
    image,
    env: [fromSecret('PGPASSWORD', 'pooler')],
    ports: [{ containerPort: 5432 }],
    ...mounts,
    ...(own === undefined ? {} : { command: ['pgbouncer', `${own}/pgbouncer.ini`] }),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: pooler.name, labels: own === undefined ? operators : {} },
    spec: {
      replicas: 2,
      selector: { matchLabels: poolerLabels },
      template: {
        metadata: { labels: { ...poolerLabels, ...(own === undefined ? operators : {}) } },
        spec: { serviceAccountName: pooler.account, containers: [container], ...volumes },
      },
    },
  };
}

/** A pod of the pooler, as a node runs it. */
export function poolerPod(name: string, image: string): Json {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: poolerLabels },
    spec: {
      serviceAccountName: pooler.account,
      nodeName: 'node-1',
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'connection-pooler', image }],
    },
  };
}

/** Status of a pod whose container is in this state. */
export function podStatus(container: string, image: string, state: Json): Json {
  const isRunning = 'running' in state;
  return {
    phase: isRunning ? 'Running' : 'Failed',
    conditions: [{ type: 'Ready', status: isRunning ? 'True' : 'False' }],
    containerStatuses: [{ name: container, image, imageID: '', ready: isRunning, restartCount: 0, state }],
  };
}

/** The definition of the operator's resource, as far as its pooler goes (1.14). */
export const definition: Created = {
  path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  body: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'postgresqls.acid.zalan.do' },
    spec: {
      group: 'acid.zalan.do',
      scope: 'Namespaced',
      names: {
        kind: 'postgresql',
        listKind: 'postgresqlList',
        plural: 'postgresqls',
        singular: 'postgresql',
      },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  properties: {
                    enableConnectionPooler: { type: 'boolean' },
                    connectionPooler: {
                      type: 'object',
                      properties: { dockerImage: { type: 'string' }, numberOfInstances: { type: 'integer' } },
                    },
                  },
                },
              },
            },
          },
        },
      ],
    },
  },
};

function template(labels: Json, container: Json): Json {
  return { metadata: { labels }, spec: { containers: [container] } };
}

/** Everything of the shop but its pooler, its pods and the operator's resource. */
export function shopWithDatabase(namespace: string): readonly Created[] {
  const account = (name: string) => ({
    path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
  });
  const spilo = { application: 'spilo', 'cluster-name': 'db' };
  const web = { app: 'web' };
  const env = [{ name: 'DB_NAME', value: 'shop' }, fromSecret('DB_PASSWORD', 'app')];
  return [
    {
      path: '/api/v1/namespaces',
      body: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace },
      },
    },
    account('default'),
    account(pooler.account),
    secret(namespace, 'pooler', 'pw'),
    secret(namespace, 'app', 'app-password'),
    {
      path: `/apis/apps/v1/namespaces/${namespace}/statefulsets`,
      body: {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'db', labels: spilo },
        spec: {
          serviceName: 'db',
          selector: { matchLabels: spilo },
          template: template(spilo, { name: 'postgres', image: 'spilo' }),
        },
      },
    },
    {
      path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
      body: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', labels: web },
        spec: { selector: { matchLabels: web }, template: template(web, { name: 'web', image: 'web', env }) },
      },
    },
  ];
}
