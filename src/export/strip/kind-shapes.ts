import { isFields, type Fields } from '../../harden/fields/fields.ts';
import { groupOf } from '../resource-kind.ts';
import { limitShape } from './quota-shapes.ts';
import { claimSpec, podTemplate } from './pod-shape.ts';
import type { Shape } from './shape.ts';

/**
 * Defaults of each kind as Kubernetes 1.34 sets them (k8s.io/kubernetes, pkg/apis/<group>/<version>/defaults.go); the
 * contract test applies what is left to a real API server and gets the same objects back.
 */

const rolling = (rollingUpdate: Readonly<Record<string, string | number>>): Shape => ({
  defaults: {
    type: 'RollingUpdate',
    rollingUpdate: ({ type }) => (type === 'RollingUpdate' ? {} : undefined),
  },
  fields: { rollingUpdate: { defaults: rollingUpdate } },
});

const deployment: Shape = {
  defaults: { replicas: 1, strategy: {}, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  fields: { strategy: rolling({ maxSurge: '25%', maxUnavailable: '25%' }), template: podTemplate },
};

const daemonSet: Shape = {
  defaults: { updateStrategy: {}, revisionHistoryLimit: 10 },
  fields: { updateStrategy: rolling({ maxSurge: 0, maxUnavailable: 1 }), template: podTemplate },
};

const claimTemplate: Shape = {
  defaults: { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  fields: { spec: claimSpec },
};

const statefulSet: Shape = {
  defaults: {
    replicas: 1,
    updateStrategy: {},
    revisionHistoryLimit: 10,
    podManagementPolicy: 'OrderedReady',
    persistentVolumeClaimRetentionPolicy: {},
  },
  fields: {
    // An empty rollingUpdate is filled in only where the type is left out as well.
    updateStrategy: {
      defaults: { type: 'RollingUpdate', rollingUpdate: {} },
      fields: { rollingUpdate: { defaults: { partition: 0 } } },
    },
    persistentVolumeClaimRetentionPolicy: { defaults: { whenDeleted: 'Retain', whenScaled: 'Retain' } },
    template: podTemplate,
    volumeClaimTemplates: { items: claimTemplate },
  },
};

const mostRetries = 2_147_483_647;

/** Completions and parallelism stay: each of them means something else when the other is left out. */
const job: Shape = {
  defaults: {
    backoffLimit: ({ backoffLimitPerIndex }) => (backoffLimitPerIndex === undefined ? 6 : mostRetries),
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: ({ podFailurePolicy }) =>
      podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
  },
  fields: { template: podTemplate },
};

const cronJob: Shape = {
  defaults: {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  },
  // Of the Jobs to be made only the pods get defaults now.
  fields: { jobTemplate: { fields: { spec: { fields: { template: podTemplate } } } } },
};

const isReachable = ({ type }: Fields) => type === 'NodePort' || type === 'LoadBalancer';

/** Three hours (k8s.io/api core/v1, DefaultClientIPServiceAffinitySeconds). */
const affinityTimeout = { clientIP: { timeoutSeconds: 10_800 } };

const service: Shape = {
  defaults: {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    sessionAffinityConfig: ({ sessionAffinity }) =>
      sessionAffinity === 'ClientIP' ? affinityTimeout : undefined,
    externalTrafficPolicy: (beside) => (isReachable(beside) ? 'Cluster' : undefined),
    internalTrafficPolicy: ({ type }) => (type === 'ExternalName' ? undefined : 'Cluster'),
    allocateLoadBalancerNodePorts: ({ type }) => (type === 'LoadBalancer' ? true : undefined),
  },
  fields: { ports: { items: { defaults: { protocol: 'TCP', targetPort: ({ port }) => port } } } },
};

const policyPorts: Shape = { items: { fields: { ports: { items: { defaults: { protocol: 'TCP' } } } } } };

const networkPolicy: Shape = {
  defaults: {
    policyTypes: ({ egress }) =>
      Array.isArray(egress) && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'],
  },
  fields: { ingress: policyPorts, egress: policyPorts },
};

const every15Seconds = { periodSeconds: 15 };
const fastest = { type: 'Percent', value: 100, ...every15Seconds };

const autoscaler: Shape = {
  defaults: {
    minReplicas: 1,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
    ],
  },
  fields: {
    behavior: {
      defaults: { scaleUp: {}, scaleDown: {} },
      fields: {
        scaleUp: {
          defaults: {
            stabilizationWindowSeconds: 0,
            selectPolicy: 'Max',
            policies: [{ type: 'Pods', value: 4, ...every15Seconds }, fastest],
          },
        },
        scaleDown: { defaults: { selectPolicy: 'Max', policies: [fastest] } },
      },
    },
  },
};

const rbacGroup = 'rbac.authorization.k8s.io';

const binding: Shape = {
  fields: {
    roleRef: { defaults: { apiGroup: rbacGroup } },
    subjects: {
      items: { defaults: { apiGroup: ({ kind }) => (kind === 'ServiceAccount' ? '' : rbacGroup) } },
    },
  },
};

const webhook: Shape = {
  defaults: {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
    reinvocationPolicy: 'Never',
  },
  fields: {
    rules: { items: { defaults: { scope: '*' } } },
    clientConfig: { fields: { service: { defaults: { port: 443 } } } },
  },
};

const lower = (kind: unknown) => (typeof kind === 'string' ? kind.toLowerCase() : undefined);

const definition: Shape = {
  defaults: { conversion: {} },
  fields: {
    conversion: { defaults: { strategy: 'None' } },
    names: {
      defaults: { singular: ({ kind }) => lower(kind), listKind: ({ kind }) => `${String(kind)}List` },
    },
  },
};

const tcpPorts: Shape = { items: { defaults: { protocol: 'TCP' } } };

const ofSpec = (spec: Shape): Shape => ({ fields: { spec } });

const shapes: Readonly<Record<string, Shape>> = {
  'apps/Deployment': ofSpec(deployment),
  'apps/StatefulSet': ofSpec(statefulSet),
  'apps/DaemonSet': ofSpec(daemonSet),
  'apps/ReplicaSet': ofSpec({ defaults: { replicas: 1 }, fields: { template: podTemplate } }),
  '/ReplicationController': ofSpec({ defaults: { replicas: 1 }, fields: { template: podTemplate } }),
  '/PodTemplate': { fields: { template: podTemplate } },
  'batch/Job': ofSpec(job),
  'batch/CronJob': ofSpec(cronJob),
  '/Service': ofSpec(service),
  '/PersistentVolumeClaim': ofSpec(claimSpec),
  '/PersistentVolume': ofSpec({
    defaults: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem', storageClassName: '' },
    fields: { hostPath: { defaults: { type: '' } } },
  }),
  '/Endpoints': { fields: { subsets: { items: { fields: { ports: tcpPorts } } } } },
  '/LimitRange': ofSpec({ fields: { limits: { items: limitShape } } }),
  'discovery.k8s.io/EndpointSlice': {
    fields: { ports: { items: { defaults: { protocol: 'TCP', name: '' } } } },
  },
  'networking.k8s.io/NetworkPolicy': ofSpec(networkPolicy),
  'networking.k8s.io/IngressClass': ofSpec({
    fields: { parameters: { defaults: { scope: 'Cluster' } } },
  }),
  'autoscaling/HorizontalPodAutoscaler': ofSpec(autoscaler),
  'apiextensions.k8s.io/CustomResourceDefinition': ofSpec(definition),
  'storage.k8s.io/StorageClass': {
    defaults: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
  },
  'scheduling.k8s.io/PriorityClass': { defaults: { preemptionPolicy: 'PreemptLowerPriority' } },
  [`${rbacGroup}/RoleBinding`]: binding,
  [`${rbacGroup}/ClusterRoleBinding`]: binding,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': { fields: { webhooks: { items: webhook } } },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': { fields: { webhooks: { items: webhook } } },
};

/** What the API server fills in for objects of this kind; undefined: nothing that is known. */
export function shapeOfKind(object: Fields): Shape | undefined {
  return shapes[`${groupOf(object['apiVersion'])}/${String(object['kind'])}`];
}

/** The defaults that a definition of custom resources declares (kubernetes.io, Structural schemas, Defaulting). */
export function shapeOfSchema(schema: unknown): Shape {
  if (!isFields(schema)) return {};
  const properties = Object.entries(isFields(schema['properties']) ? schema['properties'] : {});
  const defaults = properties.flatMap(([name, field]) =>
    isFields(field) && field['default'] !== undefined ? [[name, field['default'] as string] as const] : [],
  );
  return {
    ...(defaults.length > 0 && { defaults: Object.fromEntries(defaults) }),
    ...(properties.length > 0 && {
      fields: Object.fromEntries(properties.map(([name, field]) => [name, shapeOfSchema(field)])),
    }),
    ...(isFields(schema['items']) && { items: shapeOfSchema(schema['items']) }),
    ...(isFields(schema['additionalProperties']) && {
      values: shapeOfSchema(schema['additionalProperties']),
    }),
  };
}
