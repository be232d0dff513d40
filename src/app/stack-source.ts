import { X509Certificate } from 'node:crypto';

import { defaultPolicy, discover } from '../discover/discover.ts';
import { certificateSecrets, publishablePorts } from '../discover/front-door.ts';
import { namespacesWithDatabase, takeInventory, type Inventory } from '../discover/inventory.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import { isNode } from '../domain/running-nodes.ts';
import type { Stack } from '../domain/stack.ts';
import { isForbidden } from '../observe/look.ts';
import type { ClusterReader } from '../ports/cluster.ts';
import type { ClusterProvider } from '../ports/cluster-provider.ts';
import { applyStackFile } from '../stack-file/apply.ts';
import type { StackFile } from '../stack-file/schema.ts';
import { registerProbeSecrets } from './probe-secrets.ts';
import { TargetUnclear, type Target } from './target.ts';

export interface StackSourceParts {
  readonly target: Target;
  readonly file: StackFile | undefined;
  readonly namespace: string | undefined;
  readonly reader: ClusterReader;
  readonly provider: ClusterProvider;
  /** Events of earlier runs: the last discovery is used while the API is down. */
  readonly events: readonly StoredEvent[];
  readonly discovered: (stack: Stack) => void;
}

/** Discovery is repeated this often within a run, ms: things may still be coming up. */
const repeatMs = 15_000;

/**
 * What was discovered last of this very cluster and, where one is named, namespace: a context may have led to another cluster
 * then, and an earlier run may have been about another namespace.
 */
function lastDiscovery(
  events: readonly StoredEvent[],
  { cluster, context }: Target,
  namespace: string | undefined,
): Stack | undefined {
  const found = events.flatMap((event) =>
    event.type === 'stack-discovered' && event.context === context ? [event.stack as Stack] : [],
  );
  return found.findLast(
    (stack) => stack.cluster.name === cluster && (namespace === undefined || stack.namespace === namespace),
  );
}

/** The stack as it is known now: lower layers only, then the last discovery, then what is there. */
export class StackSource {
  readonly #parts: StackSourceParts;
  #stack: Stack;
  #known: boolean;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  /** The API was seen to be that of the engine's cluster. */
  #isOne = false;

  constructor(parts: StackSourceParts) {
    this.#parts = parts;
    const { target, file } = parts;
    const namespace = parts.namespace ?? file?.spec.namespace;
    const bare: Stack = {
      name: target.cluster,
      cluster: { provider: 'k3d', name: target.cluster, context: target.context },
      namespace: namespace ?? 'default',
      components: [],
      databases: [],
      poolers: [],
      policy: defaultPolicy,
    };
    const known = lastDiscovery(parts.events, target, namespace);
    this.#known = known !== undefined;
    this.#stack = file === undefined ? (known ?? bare) : applyStackFile(known ?? bare, file);
  }

  get stack(): Stack {
    return this.#stack;
  }

  /** Whether the stack was discovered, now or in an earlier run; otherwise it is no more than the target's name. */
  get known(): boolean {
    return this.#known;
  }

  /** Whether the last discovery is long enough ago; `now` is monotonic, ms. */
  due(now: number): boolean {
    return now - this.#refreshedAt >= repeatMs;
  }

  /**
   * Discovers anew; on an error what was known stays. Throws TargetUnclear when two namespaces could be meant or the API is
   * that of another cluster, and whatever keeps any part from being read.
   */
  async refresh(now: number): Promise<void> {
    const { reader, file, target } = this.#parts;
    await this.#checkCluster();
    const inventory = await takeInventory(reader, await this.namespace());
    const cluster = { provider: 'k3d', name: target.cluster, context: target.context } as const;
    const [published, certificateNames] = await Promise.all([
      this.#published(inventory),
      this.#certificateNames(inventory),
    ]);
    const found = discover(inventory, { cluster, published, certificateNames });
    const stack = file === undefined ? found : applyStackFile(found, file);
    for (const door of [found.frontDoor, stack.frontDoor]) registerProbeSecrets(door?.writeProbe);
    this.#refreshedAt = now;
    this.#known = true;
    if (JSON.stringify(stack) === JSON.stringify(this.#stack)) return;
    this.#stack = stack;
    this.#parts.discovered(found);
  }

  /** The namespace that was named, else the only one that holds a database. Throws TargetUnclear, and what keeps the cluster from being asked. */
  async namespace(): Promise<string> {
    const named = this.#parts.namespace ?? this.#parts.file?.spec.namespace;
    if (named !== undefined) return named;
    const candidates = await namespacesWithDatabase(this.#parts.reader);
    const [only, ...others] = candidates;
    if (only !== undefined && others.length === 0) return only;
    const place = `context ${this.#parts.target.context}`;
    throw new TargetUnclear(
      only === undefined
        ? {
            what: 'The stack was not found',
            cause: 'no namespace of this cluster holds a database that Patroni runs',
            place,
            next: 'Name its namespace with --namespace.',
          }
        : {
            what: 'More than one namespace could be meant',
            cause: candidates.join(', '),
            place,
            next: 'Name one with --namespace.',
          },
    );
  }

  /**
   * Two clusters may have one name, here and on another machine, and a context leads to either; k3d names a node as its container,
   * so clusters without a name in common are two. Who may not read the nodes is believed, until they may: an API server that has just
   * started refuses what it will allow.
   */
  async #checkCluster(): Promise<void> {
    if (this.#isOne) return;
    const { reader, provider, target } = this.#parts;
    const [nodes, containers] = await Promise.all([nodeNames(reader), provider.containers(target.cluster)]);
    const own = containers.filter(isNode).map(({ name }) => name);
    this.#isOne = nodes.some((name) => own.includes(name));
    if (nodes.length > 0 && own.length > 0 && !this.#isOne)
      throw new TargetUnclear({
        what: `Context ${target.context} leads to another cluster ${target.cluster} than the one on this machine`,
        cause: `the API has the nodes ${nodes.join(', ')}, and the container engine has ${own.join(', ')}`,
        place: provider.place,
        next: 'Nothing is done to either. Name the context of the one that is here with --context, or let `k3d kubeconfig merge` write it.',
      });
  }

  async #published(inventory: Inventory): Promise<ReadonlyMap<number, string>> {
    const { provider, target } = this.#parts;
    const published = new Map<number, string>();
    for (const port of publishablePorts(inventory)) {
      const address = await provider.publishedAddress(target.cluster, port);
      if (address !== undefined) published.set(port, address);
    }
    return published;
  }

  async #certificateNames(inventory: Inventory): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    for (const name of certificateSecrets(inventory)) {
      const pem = await this.#parts.reader.secret({ namespace: inventory.namespace, name, key: 'tls.crt' });
      const host = pem === undefined ? undefined : certificateHost(pem);
      if (host !== undefined) names.set(name, host);
    }
    return names;
  }
}

async function nodeNames(reader: ClusterReader): Promise<readonly string[]> {
  try {
    return (await reader.list('/api/v1/nodes')).map(({ metadata }) => metadata.name);
  } catch (error) {
    if (isForbidden(error)) return [];
    throw error;
  }
}

/**
 * First DNS name of a PEM certificate; undefined when it has none, or when it is no certificate: a Secret may be filled later, and
 * need not be the front door's at all.
 */
function certificateHost(pem: string): string | undefined {
  try {
    return /DNS:([^,\s]+)/.exec(new X509Certificate(pem).subjectAltName ?? '')?.[1];
  } catch {
    return undefined;
  }
}
