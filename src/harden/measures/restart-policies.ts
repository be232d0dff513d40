import { seen } from '../../domain/looked.ts';
import type { NodeContainer } from '../../domain/observation.ts';
import { fact } from '../facts.ts';
import { measureId, undoBy, type JudgeMeasure } from '../measure.ts';

/** Docker starts these with itself (docs.docker.com, Start containers automatically). */
const startsWithEngine = new Set(['always', 'unless-stopped']);

/** What k3d gives its containers itself (k3d v5.8.3 pkg/runtimes/docker/translate.go, Auto-Restart). */
const wanted = 'unless-stopped';

const isOfCluster = ({ role }: NodeContainer) => role !== 'other';

/** Nodes and the load balancer that would stay down after the engine's next start. */
export const restartPolicies: JudgeMeasure = (inventory) =>
  (seen(inventory.containers) ?? [])
    .filter((container) => isOfCluster(container) && !startsWithEngine.has(container.restartPolicy))
    .map(({ id: uid, name, role, restartPolicy: before }) => {
      const object = { kind: 'Container', name, uid };
      const id = measureId('restart-policy', object);
      return {
        id,
        name: 'restart-policy',
        object,
        what: `The container engine starts ${name} with itself (docker update --restart ${wanted} ${name}).`,
        why: `With the restart policy ${before} the ${role === 'loadbalancer' ? 'load balancer' : 'node'} stays down after a boot: nobody reaches the stack, or a part of it is missing.`,
        evidence: [fact(inventory, object, 'RestartPolicy', before)],
        change: { by: 'engine', policy: wanted, before },
        undo: undoBy(id),
        cannot: [
          'A container that somebody has stopped by hand, or by `k3d cluster stop`, stays stopped.',
          'Whether the engine itself starts at boot is another question (`systemctl is-enabled docker`).',
        ],
      } as const;
    });
