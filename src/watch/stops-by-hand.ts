import type { NodeContainer } from '../domain/observation.ts';
import { isNode } from '../domain/running-nodes.ts';
import type { ContainerEvent } from '../ports/cluster-provider.ts';
import { clockTime } from '../domain/time-stamp.ts';

/**
 * Remembers which nodes somebody stopped while the machine was up: the engine sends `stop` only when it was asked to stop a
 * container (docs.docker.com/reference/cli/docker/system/events), and `die` alone for one that ended or was killed. What the
 * engine stops by itself when it shuts down is forgotten when its stream of events ends (`forget`): it starts these again.
 */
export class StopsByHand {
  readonly #stopped = new Map<string, number>();

  take({ name, role, action, at }: ContainerEvent): void {
    if (!isNode({ role })) return;
    if (action === 'stop') this.#stopped.set(name, at);
    if (action === 'start' || action === 'destroy') this.#stopped.delete(name);
  }

  /** What runs is not stopped, whatever was missed. */
  seen(containers: readonly Pick<NodeContainer, 'name' | 'state'>[]): void {
    for (const { name, state } of containers) if (state === 'running') this.#stopped.delete(name);
  }

  forget(): void {
    this.#stopped.clear();
  }

  /** One sentence on what was stopped and how to go on; undefined: nothing. */
  get text(): string | undefined {
    if (this.#stopped.size === 0) return undefined;
    const names = [...this.#stopped].map(([name, at]) => `${name} at ${clockTime(at)}`).join(', ');
    return `stopped by hand: ${names}; \`rekindle up\` starts it again, and so does the next boot`;
  }
}
