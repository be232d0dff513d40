import type { Bench } from './bench.ts';
import type { Fields, Manifest } from './manifest.ts';

/** The managed Kubernetes that the stack moves to. */
export type TargetId = 'gke' | 'eks' | 'aks';

/** Where PostgreSQL runs on the target: under the Zalando operator as now, or as the provider's managed service. */
export type DatabaseChoice = 'operator' | 'managed';

/** A storage class of the target, as an object that the overlay brings. */
export interface StorageChoice {
  readonly manifest: Manifest;
  readonly why: string;
}

/** One way from the front door to a Service. */
export interface DoorRoute {
  readonly path: string;
  readonly pathType: 'Exact' | 'Prefix';
  readonly service: string;
  /** Number of the Service's port. */
  readonly port: number;
}

/** The way in from outside, as it was found in the stack. */
export interface Door {
  readonly namespace: string;
  /** Name of what was found, for the objects that take its place. */
  readonly name: string;
  readonly routes: readonly DoorRoute[];
  /** Services behind the door, each once. */
  readonly backends: readonly DoorBackend[];
}

/** A Service behind the front door. */
export interface DoorBackend {
  readonly service: Manifest;
  readonly port: number;
  /** Port of the container, number or name. */
  readonly targetPort: number | string;
  /** The pods speak TLS themselves. */
  readonly speaksTls: boolean;
  /** A path that is answered with 200 when the stack works; undefined where none is known. */
  readonly healthPath?: string;
}

/** Files that several pods share: uploads. */
export interface Share {
  readonly workload: Manifest;
  /** Name of the volume in the pods. */
  readonly volume: string;
  /** Name of the claim: one for all workloads with a volume of this name. */
  readonly claim: string;
  /** Service account of the pods. */
  readonly serviceAccount: string;
  readonly rule: string;
}

/** What differs between the providers, for the objects of the stack. Each works on the bench and does no I/O. */
export interface Target {
  readonly id: TargetId;
  /** Its name as the provider writes it. */
  readonly title: string;
  /** For pods that keep copies of the same data themselves: a volume in one zone. */
  readonly zonalStorage: StorageChoice;
  /** For a pod that has the only copy. */
  readonly loneStorage: StorageChoice;
  /** Smallest volume of these classes, GiB. */
  readonly smallestVolumeGi: number;
  /** Puts shared storage in the place of a volume; adds the claim and returns the volume's source. */
  readonly share: (bench: Bench, share: Share) => Fields;
  /** Adds what lets customers in. */
  readonly openDoor: (bench: Bench, door: Door) => void;
  /** The store that ExternalSecrets of a namespace read from. */
  readonly secretStore: (bench: Bench, namespace: string) => Manifest;
  /** Sends the Service of the old primary to the managed database; undefined where this program has none to offer, with the reason. */
  readonly databaseService:
    ((bench: Bench, namespace: string, name: string) => void) | { readonly why: string };
  /** Environment of Spilo that sends base backups and write-ahead log to the bucket. */
  readonly backupEnvironment: (bench: Bench, cluster: Manifest) => void;
  /** Adds the nodes that only the database uses, where they are objects of the cluster; the infrastructure makes them elsewhere. */
  readonly databaseNodes: (bench: Bench) => void;
  /** What has to be done before the target enforces NetworkPolicies; undefined where it does so by itself. */
  readonly policiesNeed?: { readonly what: string; readonly how: string };
  /** Source ranges from which the load balancer reaches pods, for NetworkPolicies; none where they are the cluster's own. */
  readonly loadBalancerRanges: readonly string[];
}
