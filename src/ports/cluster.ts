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
  /**
   * Every Secret of a namespace as the API sends it, with its values in base64. The values are registered for redaction as by
   * `secret`.
   */
  secrets(namespace: string): Promise<readonly KubeObject[]>;
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

/** A pod to be made. */
export interface PodManifest {
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The fields of an object that this program wants to own. */
export interface AppliedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    /** Binds the apply to this very object: without one of this uid it is a Conflict, and none is made. */
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
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
   * Makes a pod with a name that nobody else would give. A Conflict means that an earlier attempt of the same call
   * made it; the API's refusals are Forbidden and Rejected.
   */
  createPod(target: { namespace: string; pod: PodManifest }): Promise<KubeObject>;
  /**
   * Server-side apply of one object at its REST path, which is made when it is not there: afterwards it has these fields, and
   * what an earlier apply of the same manager gave it and this one does not is gone; what others gave it stays. Throws
   * Conflict, with the managers and fields, when somebody else owns a field, unless `force` takes it over, and when the object
   * changed since the version that it names.
   */
  apply(target: {
    /** REST path of the object. */
    path: string;
    /** With apiVersion, kind and metadata. */
    object: AppliedObject | Readonly<Record<string, unknown>>;
    /** Under this name the API server keeps which fields are this program's; `rekindle` by default. */
    manager?: string;
    force?: boolean;
    dryRun?: boolean;
  }): Promise<KubeObject>;
  /**
   * Deletes this very object (precondition on the uid), where a version is named unless it was changed since that was read;
   * one that is gone already is fine. Throws Conflict.
   */
  deleteObject(target: { path: string; uid: string; version?: string }): Promise<void>;
  /**
   * Gives the Zalando operator's resource a pooler image and a note of the one before, bound to the version that was
   * read; undefined takes a field away, and `section: false` the whole section of the pooler. Throws Conflict when it was
   * changed since.
   */
  setPoolerImage(target: {
    namespace: string;
    name: string;
    image: string | undefined;
    before: string | undefined;
    section?: false;
    version: string;
  }): Promise<void>;
  /** Sends a pod's creation to the API as a server-side dry run. The API's reason when it would be refused; else undefined. */
  rehearsePodCreation(target: { namespace: string; name: string }): Promise<string | undefined>;
}
