import type { Evidence, Finding } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import type { DamagedFile, NetworkCacheFacts, Observation } from '../../domain/observation.ts';
import { isFresh, isOver } from '../../domain/pod-selection.ts';
import { defineFault } from '../define-fault.ts';

function evidence(
  { node }: NetworkCacheFacts,
  files: readonly DamagedFile[],
  stuck: readonly string[],
  at: number,
): Evidence[] {
  return [
    ...files.map(({ path, size }) => ({
      object: `${path} on ${node}`,
      field: 'contents',
      value: `${size} bytes, not JSON, older than the node's start`,
      at,
    })),
    { object: node, field: 'pods that did not start since', value: stuck.join(', ') || 'none here', at },
  ];
}

function judge(cache: NetworkCacheFacts, observation: Observation): Finding[] {
  const files = seen(cache.damaged) ?? [];
  if (files.length === 0) return [];
  const containers = seen(observation.containers);
  const stuck = (seen(observation.pods) ?? [])
    .filter((pod) => pod.node === cache.node && !pod.deleting && !isOver(pod) && !isFresh(pod, containers))
    .map((pod) => pod.name);
  return [
    {
      fault: 'network-cache-damaged',
      layer: 'node',
      object: { kind: 'Container', name: cache.node, uid: cache.nodeId },
      claim: `${cache.node} cannot clear away pods from before the power went: ${files.length} file(s) of its network cache were never written whole.`,
      kind: 'broken',
      evidence: evidence(cache, files, stuck, observation.at),
      against: 'Files of this boot are not counted: they may be half written this moment.',
      causedBy: [],
    },
  ];
}

/**
 * A loss of power leaves files of the network plug-ins' cache empty, and containerd then fails to stop those pods' old
 * sandboxes for ever: they stay `Unknown` or `Pending` while their node is Ready (sources: src/domain/network-cache.ts).
 * The network that a file describes is gone since the boot; Bottlerocket removes the whole folder at each boot for that
 * reason (github.com/bottlerocket-os/bottlerocket/pull/3792).
 */
export const networkCacheDamaged = defineFault({
  id: 'network-cache-damaged',
  layer: 'node',
  title: 'A node cannot clear away pods from before the power went',
  check: (observation) =>
    (seen(observation.networkCaches) ?? []).flatMap((cache) => judge(cache, observation)),
  remedy: (finding, observation) => {
    const cache = seen(observation.networkCaches)?.find((entry) => entry.nodeId === finding.object.uid);
    const files = cache === undefined ? [] : (seen(cache.damaged) ?? []);
    return [
      {
        step: 'set-network-cache-aside',
        target: finding.object,
        risk: 'safe',
        because: finding.fault,
        reason:
          'The files hold nothing that can be read, and the networks they were about are gone since the boot. ' +
          'They are moved, not deleted; without them the node clears the old pods away and starts them anew.',
        provenBy: 'no damaged file is left in the cache',
        undo: `docker exec ${finding.object.name} mv /var/lib/cni/set-aside-<time>/... back`,
        evidenceAt: observation.at,
        parameters: { files: files.map(({ path }) => path).join('\n') },
      },
    ];
  },
});
