import { isForbidden, oneLine } from '../observe/look.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterProvider } from '../ports/cluster-provider.ts';
import type { ClusterReader, KubeObject, ObjectChange } from '../ports/cluster.ts';
import type { StopsByHand } from './stops-by-hand.ts';

/** Pause before a stream that broke is opened again, ms; doubled up to the longest. */
const againMs = 1000;
const longestAgainMs = 30_000;

export interface FeedParts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly poke: (reason: string) => void;
  readonly say: (line: string) => void;
}

/**
 * Keeps a stream open until the signal fires: opens it again at once when it ended, and after a growing pause when it broke.
 * What was missed meanwhile nobody knows, so that each break is itself a reason to look. A refusal is no reason to look; it is
 * asked for again, slowly, and said at the second one in a row: an API server that has just started knows no roles yet.
 */
async function keepOpen(
  { clock, signal, poke, say }: FeedParts,
  name: string,
  follow: () => Promise<void>,
): Promise<void> {
  let pauseMs = againMs;
  let refusals = 0;
  while (!signal.aborted) {
    try {
      const since = clock.monotonic();
      await follow();
      refusals = 0;
      // One that ends at once, again and again, is as good as broken.
      if (clock.monotonic() - since < pauseMs) await clock.sleep(pauseMs, signal);
      else pauseMs = againMs;
    } catch (error) {
      if (signal.aborted) return;
      const isRefused = isForbidden(error);
      const words = `${name}: ${oneLine(error)}`;
      refusals = isRefused ? refusals + 1 : 0;
      if (!isRefused) poke(words);
      else if (refusals === 2)
        say(`the agent is not told what happens and only looks from time to time: ${words}`);
      if (isRefused) pauseMs = longestAgainMs;
      await clock.sleep(pauseMs, signal).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, longestAgainMs);
    }
  }
}

/** What a container of the cluster does by itself all the time, and what matters. */
const telling: ReadonlySet<string> = new Set(['start', 'die', 'stop', 'destroy', 'pause', 'unpause', 'oom']);

/** Follows the cluster's containers: what happens to them is a reason to look, and who stopped them is remembered. */
export function followContainers(
  parts: FeedParts & {
    readonly provider: Pick<ClusterProvider, 'follow'>;
    readonly cluster: string;
    readonly stops: StopsByHand;
  },
): Promise<void> {
  const { provider, cluster, stops, signal, poke } = parts;
  return keepOpen(parts, 'the container engine', async () => {
    const take: Parameters<typeof provider.follow>[1] = (event) => {
      stops.take(event);
      if (telling.has(event.action)) poke(`${event.name}: ${event.action}`);
    };
    try {
      await provider.follow(cluster, take, signal);
    } finally {
      // An engine that goes stops everything: that was nobody's wish. One that is only not listened to any more does not.
      if (!signal.aborted) stops.forget();
    }
    poke('the container engine ended its events');
  });
}

interface PodStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

function isReady({ status }: KubeObject & { readonly status?: PodStatus }): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}

function isJob({ metadata }: KubeObject): boolean {
  return metadata.ownerReferences?.some(({ kind }) => kind === 'Job') ?? false;
}

/** Tells when a pod stops being ready or goes; what comes up or belongs to a job is no reason to look. */
export class PodChanges {
  readonly #ready = new Map<string, boolean>();

  /** Why to look; undefined: there is none in this change. */
  take({ type, object }: ObjectChange): string | undefined {
    const { uid, name } = object.metadata;
    if (isJob(object)) return undefined;
    if (type === 'DELETED') {
      this.#ready.delete(uid);
      return `pod ${name} is gone`;
    }
    const was = this.#ready.get(uid);
    const is = isReady(object);
    this.#ready.set(uid, is);
    // The stream begins in the middle: a pod that was never seen and changes to not ready was ready as far as anybody knows.
    return type === 'MODIFIED' && was !== false && !is ? `pod ${name} is not ready any more` : undefined;
  }
}

/** Follows the pods of the stack's namespace. */
export function followPods(
  parts: FeedParts & { readonly reader: Pick<ClusterReader, 'watch'>; readonly namespace: () => string },
): Promise<void> {
  const { reader, namespace, signal, poke } = parts;
  return keepOpen(parts, 'the Kubernetes API', () => {
    const changes = new PodChanges();
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace())}/pods`;
    return reader.watch(
      path,
      (change) => {
        const reason = changes.take(change);
        if (reason !== undefined) poke(reason);
      },
      signal,
    );
  });
}
