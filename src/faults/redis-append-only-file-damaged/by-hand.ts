import { baseName } from '../../domain/append-only-file.ts';
import type { PodFacts } from '../../domain/observation.ts';
import type { AppendOnlyDamage } from '../append-only-damage.ts';

/**
 * What a person does where no step may: copy first, let Redis's own tool say what would be cut, cut, start again. The
 * tool judges a copy on the PC, because the node has none and the container does not run.
 */
export function byHand(pod: PodFacts, { name, file }: AppendOnlyDamage): string {
  const manifest = `${baseName(name)}.manifest`;
  const restart = `kubectl -n ${pod.namespace} delete pod ${pod.name}`;
  if (!file.looked) {
    return `find ${name} on the volume of ${pod.name} and copy it; redis-check-aof ${manifest} says up to which byte (ok_up_to) it is good; cut a copy there, put it in place; ${restart}`;
  }
  const { node, path } = file.value;
  const folder = path.slice(0, path.lastIndexOf('/'));
  return [
    `docker exec ${node} cp -p ${path} ${path}.by-hand`,
    `docker cp ${node}:${folder} ./append-only`,
    `redis-check-aof ./append-only/${manifest} (names ok_up_to, and what is behind it would be lost)`,
    `docker exec ${node} truncate -s OK_UP_TO ${path}`,
    restart,
  ].join('; ');
}
