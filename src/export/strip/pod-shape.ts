import type { Fields } from '../../harden/fields/fields.ts';
import type { Shape } from './shape.ts';

/** Defaults of pods as Kubernetes 1.34 sets them (k8s.io/kubernetes, pkg/apis/core/v1/defaults.go). */

/** `Always` for the tag `latest` or none at all, else `IfNotPresent` (kubernetes.io, Images, Default image pull policy). */
export function pullPolicy(image: unknown): string {
  const [name = '', digest] = (typeof image === 'string' ? image : '').split('@', 2);
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  if (tag === undefined) return digest === undefined ? 'Always' : 'IfNotPresent';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

const httpGet: Shape = { defaults: { path: '/', scheme: 'HTTP' } };
const handler: Readonly<Record<string, Shape>> = { httpGet };

const probe: Shape = {
  defaults: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
  fields: { ...handler, grpc: { defaults: { service: '' } } },
};

const references: Readonly<Record<string, Shape>> = {
  fieldRef: { defaults: { apiVersion: 'v1' } },
  resourceFieldRef: { defaults: { divisor: '0' } },
};

const container: Shape = {
  defaults: {
    imagePullPolicy: ({ image }) => pullPolicy(image),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
  },
  fields: {
    ports: { items: { defaults: { protocol: 'TCP' } } },
    env: { items: { fields: { valueFrom: { fields: references } } } },
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
    lifecycle: { fields: { postStart: { fields: handler }, preStop: { fields: handler } } },
  },
};

const mode = 0o644;

/** Claims, in templates of workloads too. */
export const claimSpec: Shape = { defaults: { volumeMode: 'Filesystem' } };

const projected: Shape = {
  defaults: { defaultMode: mode },
  fields: {
    sources: {
      items: {
        fields: {
          serviceAccountToken: { defaults: { expirationSeconds: 3600 } },
          downwardAPI: { fields: { items: { items: { fields: references } } } },
        },
      },
    },
  },
};

const volume: Shape = {
  fields: {
    configMap: { defaults: { defaultMode: mode } },
    secret: { defaults: { defaultMode: mode } },
    downwardAPI: {
      defaults: { defaultMode: mode },
      fields: { items: { items: { fields: references } } },
    },
    projected,
    hostPath: { defaults: { type: '' } },
    image: { defaults: { pullPolicy: ({ reference }) => pullPolicy(reference) } },
    ephemeral: { fields: { volumeClaimTemplate: { fields: { spec: claimSpec } } } },
  },
};

/** `serviceAccount` is an older name of `serviceAccountName`; the API fills in both. */
const olderName = ({ serviceAccountName }: Fields) => serviceAccountName;

export const podSpec: Shape = {
  defaults: {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    serviceAccount: olderName,
  },
  fields: {
    containers: { items: container },
    initContainers: { items: container },
    volumes: { items: volume },
  },
};

export const podTemplate: Shape = { fields: { spec: podSpec } };
