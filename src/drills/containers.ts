import type { DrillLab } from './define-drill.ts';

/** State of one engine container. */
export interface ContainerState {
  readonly running: boolean;
  readonly status: string;
  readonly restartPolicy: string;
}

/** Reads it from the engine; throws when there is no such container. */
export async function containerState(lab: DrillLab, name: string): Promise<ContainerState> {
  const format = '{{.State.Running}} {{.State.Status}} {{.HostConfig.RestartPolicy.Name}}';
  const text = await lab.docker(['inspect', '--format', format, name]);
  const [running = '', status = '', restartPolicy = ''] = text.trim().split(' ');
  return { running: running === 'true', status, restartPolicy };
}

/** Names of the cluster's containers with this k3d role, sorted. */
export async function containersOf(
  lab: DrillLab,
  role: 'server' | 'agent' | 'loadbalancer',
): Promise<readonly string[]> {
  const filters = [`label=k3d.cluster=${lab.cluster}`, `label=k3d.role=${role}`];
  const args = filters.flatMap((filter) => ['--filter', filter]);
  const names = await lab.docker(['ps', '--all', ...args, '--format', '{{.Names}}']);
  return names
    .split('\n')
    .filter((name) => name !== '')
    .toSorted();
}
