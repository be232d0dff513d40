import type { AppendOnlyVerdict } from './append-only-scan.ts';
import type { FailedLookup } from './failed-lookups.ts';
import type { Looked } from './looked.ts';
import type { MaintenanceFacts } from './maintenance.ts';
import type { NetworkPolicy } from './network-policy.ts';

/** State of one container of the local cluster, as the container engine tells it (not Kubernetes). */
export interface NodeContainer {
  readonly id: string;
  readonly name: string;
  /** From the label `k3d.role`. */
  readonly role: 'server' | 'agent' | 'loadbalancer' | 'other';
  readonly state: 'running' | 'exited' | 'created' | 'restarting' | 'paused' | 'dead' | 'removing';
  /** Milliseconds since the epoch; 0 when it never started. */
  readonly startedAt: number;
  readonly exitCode: number;
  /** As `docker update --restart` takes it: `on-failure:3` with its number of attempts. */
  readonly restartPolicy: string;
  readonly restartCount: number;
  readonly addresses: readonly string[];
  /** Whether k3d gave it an address of its own, which stays over a boot. */
  readonly hasStaticAddress?: boolean;
  /** Address of the host on the container's network, where it is known; only of one that runs. */
  readonly gateway?: string;
}

/** A load balancer that does not run, and where it is configured to lead. */
export interface LoadBalancerFacts {
  readonly id: string;
  readonly name: string;
  /** Names of nodes; each is looked up when the load balancer starts. */
  readonly upstreams: Looked<readonly string[]>;
}

export interface NodeFacts {
  readonly name: string;
  readonly ready: boolean;
  /** renewTime of the node's Lease, ms epoch; the kubelet renews it every 10 s. Undefined: no Lease. */
  readonly leaseRenewedAt?: number;
  readonly unschedulable: boolean;
  readonly address?: string;
  /** What the maintenance annotation says; undefined: there is none. */
  readonly maintenance?: string;
}

export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: 'running' | 'waiting' | 'terminated' | 'unknown';
  /** Reason of the waiting or terminated state (`CrashLoopBackOff`, `Unknown`, `Error`). */
  readonly reason?: string;
  readonly message?: string;
  /** Start of the running state, ms epoch. */
  readonly startedAt?: number;
  readonly exitCode?: number;
  readonly lastExit?: {
    readonly reason?: string;
    readonly exitCode: number;
    readonly startedAt?: number;
    readonly finishedAt?: number;
  };
}

export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node?: string;
  readonly phase: string;
  /** Why the pod is in this phase (`Evicted`, `NodeShutdown`), and in the kubelet's words. */
  readonly reason?: string;
  readonly message?: string;
  /** Why no node takes it, in the scheduler's words. */
  readonly unscheduled?: string;
  readonly ip?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly createdAt: number;
  readonly deleting: boolean;
  readonly ready: boolean;
  /** When the condition Ready became true, ms epoch, whole seconds; undefined when it is not. */
  readonly readySince?: number;
  readonly containers: readonly ContainerFacts[];
  readonly initContainers: readonly ContainerFacts[];
  readonly ephemeralContainers: readonly ContainerFacts[];
  /** Names of emptyDir volumes, whose data die with the pod. */
  readonly emptyDirs: readonly string[];
  /** Those of them that are kept in memory: a file system of their own, mounted inside the node's container. */
  readonly emptyDirsInMemory: readonly string[];
  /**
   * Names of volumes of a storage driver that are deleted with the pod as well (kubernetes.io, Ephemeral Volumes), and cannot be looked
   * into; undefined: none.
   */
  readonly ephemeralVolumes?: readonly string[];
}

export interface WorkloadFacts {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly namespace: string;
  readonly name: string;
  readonly wanted: number;
  readonly ready: number;
  readonly selector: Readonly<Record<string, string>>;
  /** Grows with every change of the wanted state. */
  readonly generation?: number;
  /** Who set the number of pods last, and when (`metadata.managedFields`). Undefined: the API does not say. */
  readonly scaledBy?: { readonly manager: string; readonly at: number };
  /** When its controller last wrote its status, ms since the epoch: with no pods wanted, when the last one went. */
  readonly statusChangedAt?: number;
  /** The number of pods in the manifest that was applied last; undefined when it names none or none was applied. */
  readonly appliedReplicas?: number;
  /** What the maintenance annotation says; undefined: there is none. */
  readonly maintenance?: string;
}

/** Answer of one DNS server pod to a query for a Service of this stack. */
export interface DnsServerFacts {
  readonly pod: string;
  readonly answers: boolean;
  readonly why?: string;
}

export interface DnsFacts {
  readonly servers: readonly DnsServerFacts[];
  /**
   * Names that the DNS answers for besides the cluster's own (`NodeHosts` of k3s's CoreDNS); undefined: not looked at, or
   * this DNS has no such list.
   */
  readonly hostNames?: readonly string[];
  /** What should run the servers; looked at only when there is none. */
  readonly workloads?: readonly WorkloadFacts[];
}

export interface DatabaseMember {
  readonly pod: string;
  /** Patroni's own words in the pod's `status` annotation: role, state, timeline, position. May be older than the boot. */
  readonly role?: string;
  readonly state?: string;
  readonly timeline?: number;
  readonly xlog?: number;
  /** Whether Patroni's own loop goes on; looked at only where a member that runs does not call itself running. */
  readonly loop?: Looked<'runs' | 'stands-still'>;
  /** Asked by SQL of a ready standby, once the primary takes writes. */
  readonly standby?: Looked<StandbyFacts>;
}

/** What a standby's own PostgreSQL tells every role that may log in. */
export interface StandbyFacts {
  /** Whether a WAL receiver runs: `pg_stat_wal_receiver` has a row, whatever the role may see of it. */
  readonly receives: boolean;
  /** Bytes of the primary's WAL that it had not received yet, at least; the primary's position may be seconds old. */
  readonly behindBytes: number;
}

export interface ReplicationFacts {
  /** `synchronous_mode` of Patroni's dynamic configuration (annotation `config` of the Endpoints object `<cluster>-config`). */
  readonly wantsSynchronous: boolean;
  /** `synchronous_standby_names` in force on the primary; empty: a commit waits for no standby. */
  readonly synchronousStandbyNames: string;
  /** `maximum_lag_on_failover` there: a member that is further behind may not lead, bytes. */
  readonly maximumLagBytes: number;
}

export interface PrimaryFacts {
  readonly pod: string;
  readonly inRecovery: boolean;
  /** `pg_current_wal_lsn()`; undefined in recovery. */
  readonly walPosition?: string;
  /** `synchronous_standby_names` in force. */
  readonly synchronousStandbyNames?: string;
}

export interface DatabaseFacts {
  readonly namespace: string;
  readonly cluster: string;
  /** Holder of Patroni's leader lock (annotation `leader` of the Endpoints object). */
  readonly leader?: string;
  readonly leaderRenewedAt?: number;
  /** When the holder of the lock became it (annotation `acquireTime`), ms since the epoch. */
  readonly leaderSince?: number;
  readonly members: readonly DatabaseMember[];
  /**
   * Who may lead in Patroni's synchronous mode (annotations of the Endpoints object `<cluster>-sync`); looked at only while
   * the holder of the lock does not run. Undefined: not looked at, or not in synchronous mode.
   */
  readonly sync?: { readonly leader?: string; readonly standbys: readonly string[] };
  /** Asked by SQL on the leader's own pod with the app's credentials. */
  readonly primary: Looked<PrimaryFacts>;
  /** The leader's server answers and does not let the app in; its own words, and SQLSTATE. */
  readonly refusal?: { readonly pod: string; readonly code: string; readonly message: string };
  /** What Patroni is told about replication, and what the primary does; asked once it takes writes. */
  readonly replication: Looked<ReplicationFacts>;
}

/** One PgBouncer process, asked through a tunnel to its own pod: state is per process, a Service reaches only one. */
export interface PoolerFacts {
  readonly namespace: string;
  readonly pooler: string;
  /** Name of the database cluster behind it; undefined: not known. */
  readonly cluster?: string;
  readonly pod: string;
  readonly podUid: string;
  /** `not-asked`: the layer below is not proven yet, and a failed login would itself start a ban; or it could only wait. */
  readonly login:
    | { readonly result: 'ok' }
    | { readonly result: 'refused'; readonly message: string }
    | { readonly result: 'unreachable'; readonly message: string }
    | { readonly result: 'not-asked'; readonly message: string };
  /** Entries of `SHOW DNS_HOSTS` without an address: PgBouncer remembers a failed lookup for `ttlSeconds` more. */
  readonly failedLookups: Looked<readonly FailedLookup[]>;
  /** The role that PgBouncer itself logs in with, tried directly on the primary with the Secret's password. */
  readonly ownRole: Looked<'accepted' | 'rejected'>;
  /** Whether the Secret of that role can be used at all; looked at only when a login failed. */
  readonly secret: Looked<'usable' | 'missing' | 'empty' | 'line-break'>;
  /** Effective values by `SHOW CONFIG`; looked at only when the stack file names a profile. */
  readonly config: Looked<Readonly<Record<string, string>>>;
}

/** Last log lines of a container that keeps crashing: what it died of, in its own words. */
export interface CrashFacts {
  readonly pod: string;
  readonly container: string;
  readonly lines: string;
}

/** An append-only file of Redis on the node that keeps it, and what is in it. */
export interface AppendOnlyFile extends AppendOnlyVerdict {
  /** Id and name of the node's container. */
  readonly nodeId: string;
  readonly node: string;
  /** Absolute path inside the node's container. */
  readonly path: string;
}

/** The append-only file that a crashing container could not read. */
export interface AppendOnlyFacts {
  readonly pod: string;
  readonly container: string;
  /** As Redis's own log names it. */
  readonly name: string;
  readonly file: Looked<AppendOnlyFile>;
}

export interface FrontDoorFacts {
  readonly url: string;
  /** HTTP status of the GETs through the published address; the first error when one of them got no answer. */
  readonly answer: { readonly status: number } | { readonly error: string };
  /** Visits that were made at once, and how many of them got an answer: each worker of a load balancer has its own memory. */
  readonly visits: { readonly made: number; readonly answered: number };
}

/** One way to the web server that does not pass the load balancer: a node's port, or a pod. */
export interface EdgeFacts {
  readonly kind: 'Node' | 'Pod';
  readonly name: string;
  readonly status?: number;
  readonly error?: string;
}

/** A file that was never written whole, as it lies on its node. */
export interface DamagedFile {
  readonly path: string;
  readonly size: number;
  /** ms since the epoch. */
  readonly modifiedAt: number;
}

/** What a node remembers of the pods' networks, looked at where pods do not come back. */
export interface NetworkCacheFacts {
  readonly node: string;
  /** Id of the node's container. */
  readonly nodeId: string;
  /** Files from before the node's start that cannot be read. */
  readonly damaged: Looked<readonly DamagedFile[]>;
}

/** What is in a folder besides folders. */
export interface FilesInFolder {
  /** Paths below the folder, as they are: not fit to be shown (`shownName`). */
  readonly names: readonly string[];
  /** False: there is more than was read. */
  readonly isWhole: boolean;
}

/** What one emptyDir volume holds, looked up on the pod's node. */
export interface EmptyDirFacts {
  readonly podUid: string;
  readonly volume: string;
  readonly files: Looked<FilesInFolder>;
}

/** The network policies of the stack's namespace. */
export interface NetworkPolicyFacts {
  readonly policies: readonly NetworkPolicy[];
  /** Labels of the namespace itself. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** Everything one pass saw. Layers from the bottom up; each may be "could not look". */
export interface Observation {
  readonly at: number;
  readonly containers: Looked<readonly NodeContainer[]>;
  /** Only of those that do not run. */
  readonly loadBalancers: Looked<readonly LoadBalancerFacts[]>;
  readonly api: Looked<{ readonly ready: true }>;
  readonly nodes: Looked<readonly NodeFacts[]>;
  readonly dns: Looked<DnsFacts>;
  readonly pods: Looked<readonly PodFacts[]>;
  readonly networkCaches: Looked<readonly NetworkCacheFacts[]>;
  readonly crashes: Looked<readonly CrashFacts[]>;
  /** Only of containers whose last words say that their file is damaged. */
  readonly appendOnlyFiles: Looked<readonly AppendOnlyFacts[]>;
  /** Only of pods that wait out a crash back-off. */
  readonly emptyDirs: Looked<readonly EmptyDirFacts[]>;
  readonly workloads: Looked<readonly WorkloadFacts[]>;
  /** Wishes of people on what stands above single pods; workloads, pods and nodes carry their own. */
  readonly maintenance: Looked<MaintenanceFacts>;
  readonly databases: Looked<readonly DatabaseFacts[]>;
  readonly poolers: Looked<readonly PoolerFacts[]>;
  /** Looked at only while a pooler does not let the app in: nothing else hangs on it. */
  readonly networkPolicies: Looked<NetworkPolicyFacts>;
  /** The web server behind the front door, asked past the load balancer. */
  readonly edge: Looked<readonly EdgeFacts[]>;
  readonly frontDoor: Looked<FrontDoorFacts>;
}
