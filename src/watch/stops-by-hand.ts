import type { JournalEvent } from '../domain/journal-event.ts';
import type { NodeContainer } from '../domain/observation.ts';
import { isNode } from '../domain/running-nodes.ts';
import { clockTime } from '../domain/time-stamp.ts';
import type { ContainerEvent } from '../ports/cluster-provider.ts';
import type { JournalCluster, JournalStore } from '../ports/journal-store.ts';

export interface StopsByHandParts {
  readonly journal: Pick<JournalStore, 'events'>;
  readonly record: (event: JournalEvent) => void;
  /** Of the agent. */
  readonly run: string;
  /** The kernel's name for this boot; undefined: it has none, and nothing is remembered over a start of the agent. */
  readonly boot: string | undefined;
  /** The cluster that is watched; undefined: not known yet. */
  readonly target: () => JournalCluster | undefined;
}

/**
 * Remembers which nodes somebody stopped while the machine was up: the engine sends `stop` only when it was asked to stop a
 * container (docs.docker.com/reference/cli/docker/system/events), and `die` alone for one that ended or was killed. What the
 * engine stops by itself when it shuts down is forgotten when its stream of events ends (`forget`): it starts these again.
 * It is kept in the journal: an agent that is started anew in the same boot goes on leaving alone what the one before did.
 */
export class StopsByHand {
  readonly #parts: StopsByHandParts;
  #memory: { readonly cluster: string; readonly stopped: Map<string, number> } | undefined;

  constructor(parts: StopsByHandParts) {
    this.#parts = parts;
  }

  take({ name, role, action, at }: ContainerEvent): void {
    if (!isNode({ role })) return;
    if (action === 'stop') this.#change((stopped) => stopped.set(name, at));
    if (action === 'start' || action === 'destroy') this.#change((stopped) => stopped.delete(name));
  }

  /** What runs is not stopped, whatever was missed. */
  seen(containers: readonly Pick<NodeContainer, 'name' | 'state'>[]): void {
    this.#change((stopped) => {
      for (const { name, state } of containers) if (state === 'running') stopped.delete(name);
    });
  }

  forget(): void {
    this.#change((stopped) => stopped.clear());
  }

  /** One sentence on what was stopped and how to go on; undefined: nothing. */
  get text(): string | undefined {
    const stopped = this.#known();
    if (stopped.size === 0) return undefined;
    const names = [...stopped].map(([name, at]) => `${name} at ${clockTime(at)}`).join(', ');
    return `stopped by hand: ${names}; \`rekindle up\` starts it again, and so does the next boot`;
  }

  /** Of the cluster that is watched; at first what the agent before this one knew of it. */
  #known(): Map<string, number> {
    const { journal, boot, target } = this.#parts;
    const on = target();
    if (on === undefined) return new Map();
    if (this.#memory?.cluster !== on.cluster) {
      const last = journal.events({ types: ['nodes-stopped'], on, last: 1 })[0];
      const isOfNow = last?.type === 'nodes-stopped' && last.boot === boot;
      this.#memory = { cluster: on.cluster, stopped: new Map(isOfNow ? Object.entries(last.nodes) : []) };
    }
    return this.#memory.stopped;
  }

  #change(change: (stopped: Map<string, number>) => void): void {
    const { record, run, boot, target } = this.#parts;
    const stopped = this.#known();
    const before = [...stopped.keys()].join(' ');
    change(stopped);
    const cluster = target()?.cluster;
    if (boot === undefined || cluster === undefined || [...stopped.keys()].join(' ') === before) return;
    record({ type: 'nodes-stopped', run, cluster, boot, nodes: Object.fromEntries(stopped) });
  }
}
