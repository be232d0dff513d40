import type { Finding } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import type { DatabaseFacts, DatabaseMember, Observation, PodFacts } from '../../domain/observation.ts';
import { refText } from '../../domain/object-ref.ts';
import { isFresh } from '../../domain/pod-selection.ts';
import { defineFault, type CheckContext } from '../define-fault.ts';

/** Nodes and pods come back within this time of a boot, or a person has to bring them, ms. */
const patienceMs = 60_000;

/** In words, how far a member is on its way. */
function stateOf(name: string, observation: Observation): string {
  const pod = seen(observation.pods)?.find((entry) => entry.name === name);
  if (pod === undefined) return 'its pod is gone';
  const node = seen(observation.containers)?.find((entry) => entry.name === pod.node);
  if (node !== undefined && node.state !== 'running') return `its node ${node.name} is ${node.state}`;
  const waiting = pod.containers.find(({ state }) => state !== 'running');
  const why = waiting?.reason ?? pod.phase;
  return `its pod on ${pod.node ?? 'no node'} does not run (${why})`;
}

function runs(name: string, observation: Observation): boolean {
  const pod: PodFacts | undefined = seen(observation.pods)?.find((entry) => entry.name === name);
  return (
    pod !== undefined &&
    !pod.deleting &&
    isFresh(pod, seen(observation.containers)) &&
    pod.containers.some(({ state }) => state === 'running')
  );
}

/** The member that is furthest, of those that are there: by timeline, then by position. */
function furthest(members: readonly DatabaseMember[]): DatabaseMember | undefined {
  return [...members].sort(
    (a, b) => (b.timeline ?? 0) - (a.timeline ?? 0) || (b.xlog ?? 0) - (a.xlog ?? 0),
  )[0];
}

function byHand(database: DatabaseFacts, candidates: readonly string[], observation: Observation): string {
  const missing = candidates.map((name) => `${name}: ${stateOf(name, observation)}`);
  const rest = database.members.filter(({ pod }) => !candidates.includes(pod) && runs(pod, observation));
  const next = furthest(rest);
  const lastResort =
    next === undefined
      ? []
      : [
          `Only if none of them can come back: ${next.pod} (timeline ${next.timeline ?? '?'}, position ${next.xlog ?? '?'}) may be ` +
            'made the leader, and everything that was committed after that position is lost:',
          `kubectl -n ${database.namespace} exec -it ${next.pod} -- patronictl failover --candidate ${next.pod}`,
        ];
  return [
    'Bring one of these members back; it has every acknowledged write.',
    ...missing,
    ...lastResort,
  ].join('\n');
}

function judge(database: DatabaseFacts, observation: Observation, context: CheckContext): Finding[] {
  const { sync, namespace, cluster } = database;
  if (database.primary.looked || sync === undefined || !observation.pods.looked) return [];
  const candidates = [...new Set([...(sync.leader === undefined ? [] : [sync.leader]), ...sync.standbys])];
  if (candidates.length === 0 || candidates.some((name) => runs(name, observation))) return [];
  const object = { kind: 'postgresql', namespace, name: cluster };
  const since = context.firstSeen('leader-candidates-missing', refText(object));
  const isLasting = since !== undefined && observation.at - since >= patienceMs;
  const finding = {
    fault: 'leader-candidates-missing',
    layer: 'database',
    object,
    claim: `Only ${candidates.join(' or ')} may lead ${cluster} without losing writes, and none of them runs.`,
    evidence: [
      {
        object: `Endpoints ${namespace}/${cluster}-sync`,
        field: 'annotations leader, sync_standby',
        value: candidates.join(', '),
        at: observation.at,
      },
      ...candidates.map((name) => ({
        object: `Pod ${namespace}/${name}`,
        field: 'state',
        value: stateOf(name, observation),
        at: observation.at,
      })),
      ...database.members.map(({ pod, role, timeline, xlog }) => ({
        object: `Pod ${namespace}/${pod}`,
        field: 'annotation status (role, timeline, position)',
        value: `${role ?? '?'}, ${timeline ?? '?'}, ${xlog ?? '?'}`,
        at: observation.at,
      })),
    ],
    against:
      'Members that run may lack acknowledged writes; Patroni keeps them from leading for that reason.',
    causedBy: ['node-stopped'],
  } as const;
  return [
    isLasting
      ? { ...finding, kind: 'broken', byHand: byHand(database, candidates, observation) }
      : { ...finding, kind: 'settling' },
  ];
}

/**
 * In synchronous mode Patroni lets only the last leader and its synchronous standbys lead (Patroni, Replication modes):
 * the others may lack writes that customers were told about. When all of those are missing there is no leader, and that
 * is right. Which one has to come back is told; nothing is promoted, re-initialised or deleted.
 */
export const leaderCandidatesMissing = defineFault({
  id: 'leader-candidates-missing',
  layer: 'database',
  title: 'Every member that may lead is missing',
  check: (observation, context) =>
    (seen(observation.databases) ?? []).flatMap((database) => judge(database, observation, context)),
  remedy: () => [],
});
