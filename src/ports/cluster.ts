import type { Duplex } from 'node:stream';

/** A Kubernetes object as the API sends it; collectors reduce it to facts. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
  };
  readonly [field: string]: unknown;
}

/** One event of a watch. */
export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

/** Reads of the Kubernetes API. Every call has a deadline and throws ClusterUnreachable, Forbidden or NotFound. */
export interface ClusterReader {
  /** GET /readyz; resolves when it answers 200 "ok". */
  ready(signal?: AbortSignal): Promise<void>;
  /** Lists from the API's truth (no cache). `path` is the REST path, e.g. `/api/v1/namespaces/shop/pods`; query is appended. */
  list(path: string, query?: Readonly<Record<string, string>>): Promise<readonly KubeObject[]>;
  /** One object; undefined when the API answers 404. */
  get(path: string): Promise<KubeObject | undefined>;
  /** Value of one key of a Secret, decoded; undefined when Secret or key is missing. The value is registered for redaction. */
  secret(ref: { namespace: string; name: string; key: string }): Promise<string | undefined>;
  /** A byte stream to a port of a pod (port-forward). Ends when either side ends. */
  tunnel(target: { namespace: string; pod: string; port: number }): Promise<Duplex>;
  /**
   * Tells that something was added, changed or deleted in a collection (`path` as for `list`) from now on, until the API
   * ends the stream, which it does every few minutes. What comes may be late or missing: a reason to look, never the truth.
   */
  watch(path: string, take: (change: ObjectChange) => void, signal: AbortSignal): Promise<void>;
  /** Last lines of a container's log; of very long ones only the beginning. */
  logs(target: {
    namespace: string;
    pod: string;
    container: string;
    previous?: boolean;
    tailLines: number;
  }): Promise<string>;
}

/** Writes to the Kubernetes API: kept apart so that whatever only observes cannot write. */
export interface ClusterWriter {
  /**
   * Deletes this very pod (precondition on the uid); throws Conflict when the name now belongs to another pod, or when
   * anything about it was changed since `version` was read.
   */
  deletePod(target: { namespace: string; name: string; uid: string; version?: string }): Promise<void>;
  /**
   * Sets the number of pods of a Deployment or StatefulSet, bound to the version that was read; throws Conflict when it
   * was changed since.
   */
  scale(target: {
    kind: string;
    namespace: string;
    name: string;
    replicas: number;
    version: string;
  }): Promise<void>;
  /** Sets one key of a ConfigMap, bound to the version that was read; throws Conflict when it was changed since. */
  setConfigMapKey(target: {
    namespace: string;
    name: string;
    key: string;
    value: string;
    version: string;
  }): Promise<void>;
  /**
   * Applies the fields of one object on the server, without force; the object is made when it is not there. What this
   * manager has applied before and now leaves out is removed. Throws Conflict, with the managers and fields, when somebody
   * else has set one of them to another value, or when the object changed since the version that `fields` names.
   */
  applyFields(target: {
    /** REST path of the object. */
    path: string;
    manager: string;
    /** With apiVersion, kind and metadata. */
    fields: Readonly<Record<string, unknown>>;
    dryRun?: boolean;
  }): Promise<KubeObject>;
  /** Deletes this very object, unless it was changed since `version` was read: then it throws Conflict. */
  deleteObject(target: { path: string; uid: string; version: string }): Promise<void>;
  /** Sends a pod's creation to the API as a server-side dry run. The API's reason when it would be refused; else undefined. */
  rehearsePodCreation(target: { namespace: string; name: string }): Promise<string | undefined>;
}
