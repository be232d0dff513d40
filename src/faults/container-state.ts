import type { Evidence } from '../domain/finding.ts';
import type { NodeContainer } from '../domain/observation.ts';

/** The container is there and does not run, and nothing is starting it this moment. */
export function isDown(container: NodeContainer): boolean {
  return container.state === 'exited' || container.state === 'created';
}

/** Whether the engine starts this container by itself after a boot (docs.docker.com, restart policies). */
export function isSelfStarting(container: NodeContainer): boolean {
  return container.restartPolicy === 'always' || container.restartPolicy === 'unless-stopped';
}

/** What the engine says of a stopped container. */
export function stoppedEvidence(container: NodeContainer, at: number): Evidence {
  const { name, state, exitCode, restartPolicy } = container;
  const value = `${state} (exit ${exitCode}), ${restartPolicy}`;
  return { object: name, field: 'State.Status, restart policy', value, at };
}
