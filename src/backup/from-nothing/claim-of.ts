import { at, textAt } from '../../export/collect/uses.ts';
import { isFields, itemsOf, type Fields } from '../../harden/fields/fields.ts';
import type { KubeObject, PodManifest } from '../../ports/cluster.ts';

/** A claim with the workload that mounts it. */
export interface ClaimInUse {
  readonly workload: KubeObject;
  /** The claim itself where its StatefulSet would make it: it is made before that has pods. Undefined: it is an object of its own. */
  readonly claim: Fields | undefined;
}

/** The template of a StatefulSet that a claim of this name is of: `<template>-<StatefulSet>-<ordinal>` (kubernetes.io, StatefulSet). */
function templateOf(workload: KubeObject, name: string): Fields | undefined {
  if (workload.kind !== 'StatefulSet') return undefined;
  return itemsOf(at(workload, 'spec', 'volumeClaimTemplates')).find((template) => {
    const prefix = `${textAt(template, 'metadata', 'name') ?? ''}-${workload.metadata.name}-`;
    return name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length));
  });
}

/** Which workload uses a claim of this name; undefined: none of these. Pure. */
export function claimOf(workloads: readonly KubeObject[], name: string): ClaimInUse | undefined {
  for (const workload of workloads) {
    const template = templateOf(workload, name);
    if (template !== undefined) {
      const marks = isFields(template['metadata']) ? template['metadata'] : {};
      const { namespace } = workload.metadata;
      const metadata = { ...marks, name, namespace };
      const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: template['spec'] };
      return { workload, claim };
    }
    const volumes = itemsOf(at(workload, 'spec', 'template', 'spec', 'volumes'));
    if (volumes.some((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') === name))
      return { workload, claim: undefined };
  }
  return undefined;
}

/** Where the claim is mounted in the pod that files are put in by. */
export const mountedAt = '/tmp/rekindle-files';

/** It ends by itself after this time, should whoever made it be killed, s. */
const lifetimeSeconds = 4 * 3600;

/** The fields of these names, as far as they are there. */
function keep(fields: unknown, ...names: readonly string[]): Fields {
  const found = names.map((name) => [name, at(fields, name)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/**
 * A pod that mounts one claim and does nothing: of the image, the user and the rights of the workload that uses the claim, so that the files
 * come to belong to it. Pure.
 */
export function fillingPod({ workload }: ClaimInUse, claim: string, suffix: string): PodManifest {
  const spec = at(workload, 'spec', 'template', 'spec');
  const containers = itemsOf(at(spec, 'containers'));
  const [container = {}] = containers;
  return {
    metadata: {
      name: `rekindle-files-${suffix}`,
      labels: {
        'app.kubernetes.io/name': 'rekindle-files',
        'app.kubernetes.io/managed-by': 'rekindle',
      },
    },
    spec: {
      ...keep(spec, 'securityContext', 'imagePullSecrets', 'tolerations', 'nodeSelector', 'affinity'),
      restartPolicy: 'Never',
      activeDeadlineSeconds: lifetimeSeconds,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [
        {
          ...keep(container, 'image', 'imagePullPolicy', 'securityContext'),
          name: 'files',
          command: ['sleep', String(lifetimeSeconds)],
          resources: { requests: { cpu: '20m', memory: '32Mi' } },
          volumeMounts: [{ name: 'files', mountPath: mountedAt }],
        },
      ],
      volumes: [{ name: 'files', persistentVolumeClaim: { claimName: claim } }],
    },
  };
}
