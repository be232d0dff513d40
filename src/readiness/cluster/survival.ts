import type { DataPlace, Medium } from './data-place.ts';

/** What may happen, from the mildest on. */
export const events = [
  'container',
  'pod',
  'node',
  'stop',
  'claim',
  'nodeDeleted',
  'clusterDeleted',
  'disk',
] as const;
export type StorageEvent = (typeof events)[number];

/** The heads of the table's columns. */
export const eventNames: Readonly<Record<StorageEvent, string>> = {
  container: 'container restarts',
  pod: 'pod is deleted (update, drain, eviction)',
  node: 'node container restarts (reboot, loss of power)',
  stop: 'k3d cluster stop',
  claim: 'claim is deleted',
  nodeDeleted: 'node container is deleted',
  clusterDeleted: 'k3d cluster delete',
  disk: 'disk of the machine is lost',
};

/** `part`: what was synced is there, and a file that was being written may not be whole. */
export interface Survival {
  readonly answer: 'kept' | 'part' | 'lost' | 'unknown' | 'none';
  readonly why: string;
}

const kept = (why: string): Survival => ({ answer: 'kept', why });
const lost = (why: string): Survival => ({ answer: 'lost', why });
const unknown: Survival = {
  answer: 'unknown',
  why: 'what the node’s folders are mounted from could not be looked at',
};
const none: Survival = { answer: 'none', why: 'it has no claim' };

const diesWithPod = ({ kind }: DataPlace) => kind === 'emptyDir' || kind === 'memory';
const isElsewhere = ({ medium }: DataPlace) => medium.kind === 'elsewhere';

/** What happens to a folder of a node when the node's own container goes (docs.docker.com, Volumes; k3d pkg/runtimes/docker, RemoveVolumes). */
const whenNodeGoes: Readonly<Record<Medium['kind'], (medium: Medium, withCluster: boolean) => Survival>> = {
  bind: ({ source = '' }) => kept(`it is the folder ${source} of the machine itself`),
  volume: ({ volume = '', isClusters = false }, withCluster) =>
    isClusters && withCluster
      ? lost(`k3d deletes the volume ${volume} with the cluster`)
      : kept(`the named volume ${volume} is not deleted with the container`),
  anonymous: () => lost('k3d deletes a node together with its unnamed volumes'),
  layer: () => lost('it is in the writable layer of the node’s container'),
  tmpfs: () => lost('it is in memory'),
  unknown: () => unknown,
  elsewhere: () => kept('it is not on a node'),
};

function goesWithNode({ medium }: DataPlace, withCluster: boolean): Survival {
  return whenNodeGoes[medium.kind](medium, withCluster);
}

const rules: Readonly<Record<StorageEvent, (place: DataPlace) => Survival>> = {
  container: () => kept('a volume belongs to the pod, not to the container'),
  pod: (place) =>
    diesWithPod(place)
      ? lost('an emptyDir is deleted with its pod')
      : kept(
          place.kind === 'claim'
            ? 'the claim stays, and the next pod mounts it'
            : 'it does not belong to the pod',
        ),
  node: (place) => {
    if (place.medium.kind === 'tmpfs') return lost('it is in memory');
    if (isElsewhere(place)) return kept('it is not on a node');
    return {
      answer: 'part',
      why: 'the folder stays; what was not synced to disk (fsync) is lost with the power',
    };
  },
  stop: (place) => {
    if (place.kind === 'memory') return lost('it is in memory');
    if (!diesWithPod(place)) return kept('nothing but pods is deleted');
    if (place.isOnServer === undefined)
      return { answer: 'unknown', why: 'it is not known whether its node is a server' };
    return place.isOnServer
      ? lost('k3d drains a server node before it stops, which deletes its pods and their emptyDir volumes')
      : kept('an agent node is stopped with its pods');
  },
  claim: (place) => {
    if (place.kind !== 'claim') return none;
    return place.reclaim === 'Retain'
      ? kept('its volume is kept (Retain) and has to be bound again by hand')
      : lost(`its volume is deleted with it (${place.reclaim ?? 'Delete, the default of a class'})`);
  },
  nodeDeleted: (place) =>
    diesWithPod(place) ? lost('its pod is gone with the node') : goesWithNode(place, false),
  clusterDeleted: (place) =>
    diesWithPod(place) ? lost('its pod is gone with the cluster') : goesWithNode(place, true),
  disk: (place) =>
    isElsewhere(place)
      ? kept('it is not on a node of this machine')
      : lost('it is on this machine; only a backup elsewhere brings it back'),
};

/** What an event does to a place, and why. Pure: derived from where the place is, never assumed. */
export function survival(place: DataPlace, event: StorageEvent): Survival {
  return rules[event](place);
}
