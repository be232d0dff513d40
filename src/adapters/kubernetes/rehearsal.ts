import type { KubeObject } from '../../ports/cluster.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Prefix of the volume that the API server adds for the service account's token (ServiceAccount admission). */
const tokenVolume = 'kube-api-access-';

/**
 * A pod as its controller would create it again: without what the API server, the scheduler and the admission
 * plug-ins had added to the old one. Kept are labels and annotations, which policies look at.
 */
export function recreatedPod(pod: KubeObject): Fields {
  const spec = (pod['spec'] ?? {}) as Fields;
  // Priority and preemption policy are computed from the class; a pod that names them itself is refused.
  const { nodeName, ephemeralContainers, priority, preemptionPolicy, ...kept } = spec;
  void [nodeName, ephemeralContainers, priority, preemptionPolicy];
  const { name, namespace, labels, annotations } = pod.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: `${name}-`, namespace, labels, annotations },
    spec: {
      ...kept,
      volumes: named(spec['volumes']).filter((volume) => !isTokenVolume(volume)),
      containers: named(spec['containers']).map((container) => withoutTokenMount(container)),
      initContainers: named(spec['initContainers']).map((container) => withoutTokenMount(container)),
    },
  };
}

/** What the API says of a rehearsed pod, with the old pod's name: the made-up one differs each time and exists nowhere. */
export function withoutGeneratedSuffix(reason: string, name: string): string {
  return reason.replaceAll(new RegExp(`${name.replaceAll('.', String.raw`\.`)}-[a-z0-9]{5}\\b`, 'g'), name);
}

function named(list: unknown): readonly Fields[] {
  return Array.isArray(list) ? (list as readonly Fields[]) : [];
}

function isTokenVolume(volume: Fields): boolean {
  return String(volume['name']).startsWith(tokenVolume);
}

function withoutTokenMount(container: Fields): Fields {
  return {
    ...container,
    volumeMounts: named(container['volumeMounts']).filter((mount) => !isTokenVolume(mount)),
  };
}
