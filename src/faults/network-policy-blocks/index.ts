import { databaseBehind } from '../../domain/database-behind.ts';
import type { Evidence, Finding } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import { blocksOf, type PolicyBlock } from '../../domain/network-policy.ts';
import type { NetworkPolicyFacts, Observation, PodFacts, PoolerFacts } from '../../domain/observation.ts';
import type { DatabaseComponent, PoolerComponent } from '../../domain/stack.ts';
import { defineFault, type CheckContext } from '../define-fault.ts';
import { openingCommand } from './opening-policy.ts';

/** PostgreSQL's port inside the pods of the Zalando operator. */
const databasePort = 5432;

interface Ends {
  readonly pooler: PoolerComponent;
  readonly poolerPod: PodFacts;
  readonly database: DatabaseComponent;
  readonly primary: PodFacts;
}

/** The two ends of the connection that a failing PgBouncer process needs; undefined when one is not known. */
function endsOf(facts: PoolerFacts, observation: Observation, { stack }: CheckContext): Ends | undefined {
  const pods = seen(observation.pods) ?? [];
  const pooler = stack.poolers.find(({ name }) => name === facts.pooler);
  const database = pooler && databaseBehind(pooler, stack);
  const primaryOf = seen(observation.databases)?.find(
    ({ cluster }) => cluster === database?.cluster,
  )?.primary;
  const primaryName = primaryOf?.looked === true ? primaryOf.value.pod : undefined;
  const poolerPod = pods.find(({ uid }) => uid === facts.podUid);
  const primary = pods.find(({ namespace, name }) => namespace === facts.namespace && name === primaryName);
  if (pooler === undefined || database === undefined || poolerPod === undefined || primary === undefined)
    return undefined;
  return { pooler, poolerPod, database, primary };
}

function evidence(blocks: readonly PolicyBlock[], facts: PoolerFacts, at: number): Evidence[] {
  return [
    ...blocks.flatMap(({ direction, policies }) =>
      policies.map(({ namespace, name, createdAt }) => ({
        object: `NetworkPolicy ${namespace}/${name}`,
        field: `${direction} rules that let the connection through`,
        value: `none; made ${new Date(createdAt).toISOString()}`,
        at,
      })),
    ),
    {
      object: `Pod ${facts.namespace}/${facts.pod}`,
      field: "login of the app's user",
      value: facts.login.result === 'ok' ? 'ok' : facts.login.message,
      at,
    },
  ];
}

function judge(
  facts: PoolerFacts,
  { policies, namespaceLabels }: NetworkPolicyFacts,
  observation: Observation,
  context: CheckContext,
): Finding[] {
  const ends = endsOf(facts, observation, context);
  if (ends === undefined) return [];
  const { pooler, poolerPod, database, primary } = ends;
  const end = ({ namespace, labels, ip }: PodFacts) => ({ namespace, namespaceLabels, labels, ip });
  const connection = { from: end(poolerPod), to: end(primary), protocol: 'TCP', port: databasePort } as const;
  const blocks = blocksOf(policies, { ...connection, portNames: { postgresql: databasePort } });
  const blame = blocks[0]?.policies[0];
  if (blame === undefined) return [];
  const names = [...new Set(blocks.flatMap((block) => block.policies.map(({ name }) => name)))];
  const edge = {
    namespace: facts.namespace,
    from: pooler.name,
    to: database.cluster,
    fromLabels: pooler.podLabels,
    toLabels: database.memberLabels,
    port: databasePort,
  };
  return [
    {
      fault: 'network-policy-blocks',
      layer: 'pooler',
      object: { kind: 'NetworkPolicy', namespace: blame.namespace, name: blame.name },
      claim: `NetworkPolicy ${names.join(', ')} lets no connection through from ${pooler.name} to ${database.cluster} (port ${databasePort}).`,
      kind: 'broken',
      evidence: evidence(blocks, facts, observation.at),
      against:
        'The primary takes writes when it is asked past the network, so neither it nor the password is the reason.',
      byHand: openingCommand(
        edge,
        blocks.map(({ direction }) => direction),
      ),
      causedBy: [],
    },
  ];
}

/**
 * A NetworkPolicy cuts PgBouncer off from its database. A plug-in that enforces policies lets established connections
 * go on, so a policy that was added while the pods ran bites at the next restart only: every client is then told
 * "server login has been failing". Nothing that is restarted helps; the policy is somebody's wish, so the smallest one
 * that opens the way is printed.
 */
export const networkPolicyBlocks = defineFault({
  id: 'network-policy-blocks',
  layer: 'pooler',
  title: 'A NetworkPolicy cuts PgBouncer off from its database',
  check: (observation, context) => {
    const facts = seen(observation.networkPolicies);
    if (facts === undefined) return [];
    const found = (seen(observation.poolers) ?? [])
      .filter(({ login }) => login.result === 'refused' || login.result === 'unreachable')
      .flatMap((pooler) => judge(pooler, facts, observation, context));
    // Every process of one pooler tells the same story.
    return found.filter(({ claim }, index) => found.findIndex((other) => other.claim === claim) === index);
  },
  remedy: () => [],
});
