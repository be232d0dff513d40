import type { KubeObject } from '../ports/cluster.ts';
import type { ResourceKind } from './resource-kind.ts';

/** Something that had to be looked at and could not be: whatever is in it is not in the export. */
export interface Missing {
  readonly what: string;
  readonly why: string;
  /** The kind, or all kinds of a group, of which nothing is known for that reason. */
  readonly kind?: string;
  readonly group?: string;
}

/** An operator's own configuration: it is of another namespace, and decides what the operator makes. */
export interface OperatorSetup {
  /** `Deployment postgres-operator/postgres-operator`. */
  readonly workload: string;
  readonly image: string;
  /** The ConfigMap or OperatorConfiguration that it reads; undefined: it could not be read, or there is none. */
  readonly configuration: KubeObject | undefined;
  /** Why the configuration is not there. */
  readonly why?: string;
}

/** All that was read for one export. */
export interface Snapshot {
  readonly namespace: string;
  readonly kinds: readonly ResourceKind[];
  /** The namespace itself. */
  readonly space: KubeObject | undefined;
  /** What is in the namespace; Secrets with their values. */
  readonly objects: readonly KubeObject[];
  /** What belongs to the whole cluster and is used by the namespace or names it. */
  readonly around: readonly KubeObject[];
  /** What belongs to the whole cluster, and nothing shows that it belongs to this stack. */
  readonly apart: readonly KubeObject[];
  /** Bindings of other namespaces that give rights to accounts of this one. */
  readonly elsewhere: readonly KubeObject[];
  readonly operators: readonly OperatorSetup[];
  readonly missing: readonly Missing[];
}
