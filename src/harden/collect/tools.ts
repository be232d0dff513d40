import { couldNotLook, type Looked } from '../../domain/looked.ts';
import type { NodeContainer } from '../../domain/observation.ts';
import type { ObserveContext } from '../../observe/context.ts';
import { look } from '../../observe/look.ts';
import type { KubeObject } from '../../ports/cluster.ts';
import { z } from 'zod';

import { guardTools } from '../scripts/append-only-guard.ts';

/** Programs that an init container may be made of. */
const wanted: readonly string[] = [
  ...new Set(['python3', 'bash', 'timeout', 'getent', 'sleep', 'redis-cli', ...guardTools]),
];

/** Folders in which a shell looks for them. */
const folders = ['bin', 'usr/bin', 'usr/local/bin', 'sbin', 'usr/sbin', 'usr/local/sbin'];

/**
 * Where containerd of k3s mounts the root of a running container (k3s pkg/agent/templates, state /run/k3s/containerd; the
 * layout below it is containerd's, core/runtime/v2). Looked at on the node: nothing is run in anybody's container.
 */
const rootOf = (containerId: string) =>
  `/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/${containerId}/rootfs`;

/** A link counts, wherever it leads: an absolute one leads out of the container when it is followed from the node. */
const script = `root=$1
[ -d "$root" ] || { echo "there is no $root" >&2; exit 1; }
for tool in ${wanted.join(' ')}; do
  for folder in ${folders.join(' ')}; do
    if [ -e "$root/$folder/$tool" ] || [ -L "$root/$folder/$tool" ]; then echo "$tool"; break; fi
  done
done`;

const shape = z.object({
  spec: z.object({ nodeName: z.string() }),
  status: z.object({
    containerStatuses: z
      .array(z.object({ name: z.string(), containerID: z.string().optional() }))
      .default([]),
  }),
});

/** The id that containerd knows a container by; part of a path, so nothing else is let through. */
const idPattern = /^containerd:\/\/([0-9a-f]{64})$/;

async function toolsIn(
  { provider }: Pick<ObserveContext, 'provider'>,
  nodes: readonly NodeContainer[],
  pod: KubeObject,
  container: string,
): Promise<readonly string[]> {
  const { spec, status } = shape.parse(pod);
  const node = nodes.find(({ name, state }) => name === spec.nodeName && state === 'running');
  if (node === undefined) throw new Error(`node ${spec.nodeName} is no container that runs here`);
  const { containerID = '' } = status.containerStatuses.find(({ name }) => name === container) ?? {};
  const [, id] = idPattern.exec(containerID) ?? [];
  if (id === undefined) throw new Error(`container ${container} does not run under containerd`);
  const printed = await provider.askNode(node.id, ['sh', '-c', script, 'tools', rootOf(id)]);
  return printed.split(/\s+/).filter((word) => wanted.includes(word));
}

/** The programs that each container of a pod has, as far as they matter. */
export async function collectTools(
  context: Pick<ObserveContext, 'provider' | 'clock'>,
  nodes: readonly NodeContainer[],
  pod: KubeObject | undefined,
  containers: readonly string[],
): Promise<Readonly<Record<string, Looked<readonly string[]>>>> {
  const entries = await Promise.all(
    containers.map(async (container) => {
      const from = `programs of container ${container}`;
      const found =
        pod === undefined
          ? couldNotLook<readonly string[]>('no pod of it runs', from, context.clock.now())
          : await look(context.clock, from, () => toolsIn(context, nodes, pod, container));
      return [container, found] as const;
    }),
  );
  return Object.fromEntries(entries);
}
