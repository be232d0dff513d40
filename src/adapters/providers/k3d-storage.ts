import type { ContainerMount, EngineMachine } from '../../domain/machine.ts';
import type { DockerEngine, InspectedContainer } from '../docker/engine.ts';

/** The engine names a volume that nobody named by 64 digits, and deletes it with its container when it is told to (docs.docker.com, Volumes). */
const anonymous = /^[0-9a-f]{64}$/;

/** The machine of an engine. Throws EngineUnreachable. */
export async function machineOf(engine: DockerEngine): Promise<EngineMachine> {
  const info = await engine.info();
  return {
    name: info.Name ?? '',
    system: info.OperatingSystem ?? '',
    kernel: info.KernelVersion ?? '',
    cpus: info.NCPU ?? 0,
    memoryBytes: info.MemTotal ?? 0,
    rootFolder: info.DockerRootDir ?? '',
  };
}

function kindOf(type: string, name: string): ContainerMount['kind'] {
  if (type === 'tmpfs' || type === 'bind') return type;
  return anonymous.test(name) ? 'anonymous' : 'volume';
}

/** What is mounted into one container; `own`: volumes that its cluster made. */
export function nodeMounts(container: InspectedContainer, own: readonly string[]): readonly ContainerMount[] {
  return (container.Mounts ?? []).map(
    ({ Type: type = '', Name: name = '', Source: source = '', Destination: destination = '' }) => {
      const mount = {
        containerId: container.Id,
        container: container.Name.replace(/^\//, ''),
        kind: kindOf(type, name),
        source,
        destination,
      };
      if (name === '') return mount;
      return Object.assign(mount, { volume: name }, own.includes(name) && { isClusters: true });
    },
  );
}
