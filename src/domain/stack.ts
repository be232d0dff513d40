import type { ObjectRef } from './object-ref.ts';
import type { PoolerProfile } from './pooler-profiles.ts';

/** Credentials are never held in the model, only where to read them. */
export interface SecretKeyRef {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

export interface WriteProbe {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON body; `${id}` in strings is replaced by a fresh id. */
  readonly body: unknown;
  readonly expectStatus: number;
  /** Path to read the row back; must answer 200 and contain the id. */
  readonly readBack?: string;
}

export interface FrontDoor {
  /** What the user types, e.g. https://jewelry-shop.local:8443 */
  readonly url: string;
  /** Published address `host:port` to connect to; the URL's host is sent as SNI and Host. */
  readonly address: string;
  /** TLS Secret whose certificate is trusted besides the system's CAs. */
  readonly tlsSecret?: { readonly namespace: string; readonly name: string };
  readonly service: { readonly namespace: string; readonly name: string };
  readonly healthPath: string;
  /** Port of the nodes that leads to the web server: what the load balancer connects to. Undefined: not known. */
  readonly nodePort?: number;
  /** Port that the web server listens on inside its pod, and the labels of these pods. */
  readonly podPort: number;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly writeProbe?: WriteProbe;
  /** How this was found, for `init` and for people. */
  readonly why?: string;
}

export interface DatabaseComponent {
  readonly namespace: string;
  /** Patroni scope, also the name of the operator's custom resource and of the primary's Service. */
  readonly cluster: string;
  readonly memberLabels: Readonly<Record<string, string>>;
  readonly app: { readonly database: string; readonly user: SecretKeyRef; readonly password: SecretKeyRef };
  readonly superuser?: { readonly user: SecretKeyRef; readonly password: SecretKeyRef };
}

export interface PoolerComponent {
  readonly namespace: string;
  readonly name: string;
  readonly podLabels: Readonly<Record<string, string>>;
  /** Name of the database cluster that it leads to; undefined: not known. */
  readonly cluster?: string;
  readonly database: string;
  /** The role that PgBouncer logs in with for auth_query, also its admin user. */
  readonly role: { readonly user: SecretKeyRef; readonly password: SecretKeyRef };
  readonly port: number;
}

export interface Component {
  readonly ref: ObjectRef;
  readonly adapter: 'patroni' | 'pgbouncer' | 'redis' | 'celery' | 'web' | 'edge' | 'workload';
  /** Names of components (kind/name) that must work first. */
  readonly dependsOn: readonly string[];
  /** How each of them was found, by name; what was not discovered has no entry. */
  readonly dependsOnWhy?: Readonly<Record<string, string>>;
  /** How this was found, for `init` and for people. */
  readonly why: string;
  readonly podLabels: Readonly<Record<string, string>>;
}

export interface Policy {
  readonly stabilityWindowSeconds: number;
  /** Attempts per step and object within one run. */
  readonly attempts: number;
}

/** The model of one stack: from a stack file, from discovery, or both (the file wins). */
export interface Stack {
  readonly name: string;
  readonly cluster: { readonly provider: 'k3d'; readonly name: string; readonly context: string };
  readonly namespace: string;
  readonly components: readonly Component[];
  readonly databases: readonly DatabaseComponent[];
  readonly poolers: readonly PoolerComponent[];
  readonly frontDoor?: FrontDoor;
  /** What the stack file asks of its poolers; undefined: nothing. */
  readonly poolerProfile?: PoolerProfile;
  readonly policy: Policy;
}
