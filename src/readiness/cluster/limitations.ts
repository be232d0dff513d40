import { isNode } from '../../domain/running-nodes.ts';
import { bytesText } from '../../domain/bytes-text.ts';
import { seen } from '../../domain/looked.ts';
import { refText } from '../../domain/object-ref.ts';
import type { Fact } from '../finding.ts';
import { shortPath } from '../format/words.ts';
import { counted } from '../judging/subjects.ts';
import type { World } from '../world/world.ts';
import type { DataPlace } from './data-place.ts';
import type { ClusterFacts } from './facts.ts';
import { unknownLimitation, type Limitation } from './limitation.ts';
import { survival } from './survival.ts';

/** Everything that the limitations are derived from. */
export interface ClusterView {
  readonly world: World;
  readonly facts: ClusterFacts;
  readonly places: readonly DataPlace[];
  /** Why claims, volumes or pods could not be listed; undefined: they were. */
  readonly unlisted?: string;
}

function fact(object: string, field: string, value: string): Fact {
  return { object, field, value };
}

/** All containers of one host show the host's boot id: it is not one of the things that a container has of its own (random(4), namespaces(7)). */
function bootFacts({ nodes }: World): readonly Fact[] {
  return nodes.map(({ ref, fields }) =>
    fact(refText(ref), 'status.nodeInfo.bootID', fields.status.nodeInfo.bootID || 'not told'),
  );
}

function oneMachine({ world, facts }: ClusterView): Limitation {
  const head = { id: 'one-machine', title: 'Single point of failure' } as const;
  const [machine, containers] = [facts.machine, facts.containers];
  const evidence = bootFacts(world);
  if (!machine.looked || !containers.looked) {
    const why = [machine, containers].flatMap((look) => (look.looked ? [] : [look.why])).join('; ');
    return unknownLimitation(head, why, evidence);
  }
  const own = containers.value.filter(isNode);
  const { name, system, kernel, cpus, memoryBytes } = machine.value;
  // What a node that is not back yet reports is of before the boot: containers of this engine are on its machine all the same.
  const foreign = world.nodes.filter(({ ref }) => !own.some((container) => container.name === ref.name));
  const boots = new Set(foreign.map(({ fields }) => fields.status.nodeInfo.bootID));
  const several = own.length === 0 ? boots.size > 1 : foreign.length > 0;
  return {
    ...head,
    state: several ? 'does-not-hold' : 'holds',
    found: several
      ? `${foreign.length} of ${counted(world.nodes.length, 'node')} are no containers of the engine on ${name}: they may be elsewhere.`
      : `${own.length === 1 ? 'Its one node is a container' : `Its ${own.length} nodes are containers`} of one engine on ${name}: one kernel, one power supply, one place for files.`,
    evidence: [
      fact(
        `machine ${name}`,
        'system',
        `${system}, kernel ${kernel}, ${cpus} CPUs, ${bytesText(memoryBytes)}`,
      ),
      ...own.map(({ name: node, id, role }) =>
        fact(`Container ${node}`, 'id', `${id.slice(0, 12)} (${role})`),
      ),
      ...evidence,
    ],
    ...(!several && {
      cost: 'When this machine is off, everything is: more copies, more nodes and budgets inside it change nothing about that.',
      wayOut: 'Nodes on separate machines in separate zones: `rekindle migrate gke`.',
    }),
  };
}

function totalText(places: readonly DataPlace[]): string {
  const known = places.flatMap(({ bytes }) => (bytes.looked ? [bytes.value] : []));
  const sum = bytesText(known.reduce((total, bytes) => total + bytes, 0));
  return known.length === places.length
    ? sum
    : `at least ${sum}, ${places.length - known.length} of them not measured`;
}

function data({ facts, places, unlisted }: ClusterView): Limitation {
  const head = { id: 'data', title: 'Where every byte lives' } as const;
  const stack = places.filter(({ kind }) => kind !== 'datastore');
  if (unlisted !== undefined) return unknownLimitation(head, unlisted);
  if (!facts.mounts.looked) return unknownLimitation(head, facts.mounts.why);
  if (stack.length === 0)
    return { ...head, state: 'does-not-hold', found: 'Nothing of this stack keeps data.', evidence: [] };
  const atRisk = stack.filter((place) => survival(place, 'clusterDeleted').answer === 'lost');
  const unknown = stack.filter((place) => survival(place, 'clusterDeleted').answer === 'unknown');
  const elsewhere = stack.filter(({ medium }) => medium.kind === 'elsewhere').length;
  const root = seen(facts.machine)?.rootFolder ?? '';
  return {
    ...head,
    state: 'holds',
    found:
      `${counted(stack.length, 'place')} with ${totalText(stack)}, ${elsewhere === 0 ? 'all' : String(stack.length - elsewhere)} on this machine; ` +
      `${atRisk.length} of them go with \`k3d cluster delete\`${unknown.length > 0 ? `, ${unknown.length} are not known` : ''}.`,
    evidence: [
      fact(`machine ${seen(facts.machine)?.name ?? ''}`, 'DockerRootDir', root || 'not told'),
      ...facts.mounts.value
        .filter(({ container }) => stack.some(({ node }) => node === container))
        .map(({ container, kind, source, destination }) =>
          fact(`Container ${container}`, `mount ${destination}`, `${kind}: ${shortPath(source) || 'memory'}`),
        ),
    ],
    cost: 'The copies of a database are on the same disk: replication saves from the loss of a process, not of the disk.',
    wayOut:
      'A proven backup on another machine: `rekindle backup create --at s3://BUCKET/PREFIX`. Then network disks in several zones.',
  };
}

function addresses({ facts }: ClusterView): Limitation {
  const head = { id: 'addresses', title: 'Addresses change at a boot' } as const;
  if (!facts.containers.looked) return unknownLimitation(head, facts.containers.why);
  const own = facts.containers.value;
  const loose = own.filter(({ hasStaticAddress }) => hasStaticAddress !== true);
  const evidence = own.map(({ name, addresses: list, hasStaticAddress }) =>
    fact(
      `Container ${name}`,
      'address',
      `${list.join(', ') || 'none'}${hasStaticAddress === true ? ' (its own)' : ' (given at its start)'}`,
    ),
  );
  if (loose.length === 0)
    return {
      ...head,
      state: 'does-not-hold',
      found: 'Every container of the cluster has an address of its own.',
      evidence,
    };
  return {
    ...head,
    state: 'holds',
    found: `${loose.length} of ${own.length} containers get their address from the engine when they start, in the order of their start.`,
    evidence,
    cost: 'What remembers an address (the load balancer, several etcd members, a hosts file) is wrong after a boot. Addresses of Services stay, those of pods do not.',
    wayOut:
      '`rekindle up` renews what remembers them; `k3d cluster create --subnet` fixes those of server nodes, in a new cluster.',
  };
}

function datastore({ facts }: ClusterView): Limitation {
  const head = { id: 'datastore', title: 'One datastore' } as const;
  if (!facts.datastores.looked) return unknownLimitation(head, facts.datastores.why);
  const stores = facts.datastores.value;
  const servers = (seen(facts.containers) ?? []).filter(({ role }) => role === 'server').length;
  if (stores.length === 0)
    return unknownLimitation(head, 'no datastore was found in a server node; it may be an external one');
  const evidence = stores.map(({ container, kind, path, bytes }) =>
    fact(`Container ${container}`, path, `${kind}, ${bytesText(bytes)}`),
  );
  const [first] = stores;
  const isOne = stores.length === 1;
  return {
    ...head,
    state: 'holds',
    found: isOne
      ? `All objects of the cluster are in one ${first?.kind === 'sqlite' ? 'SQLite file' : 'etcd with a single member'} on ${first?.container ?? ''}.`
      : `${stores.length} etcd members in ${counted(servers, 'server node')}, all on this machine.`,
    evidence,
    cost: isOne
      ? 'When that folder is damaged every object is gone: no other member has them.'
      : 'Members vote on one machine: a loss of power takes all of them at once.',
    wayOut:
      'Keep the objects outside: `rekindle export --out DIR`, `rekindle backup create`. A managed control plane keeps them in several zones.',
  };
}

function balancerFacts({ services, nodes }: World): readonly Fact[] {
  const own = new Set(nodes.flatMap(({ fields }) => fields.status.addresses.map(({ address }) => address)));
  return services
    .filter(({ fields }) => fields.spec.type === 'LoadBalancer')
    .map(({ ref, fields }) => {
      const given = fields.status.loadBalancer.ingress.map(({ ip, hostname }) => ip ?? hostname ?? '');
      const where = given.map((address) =>
        own.has(address) ? `${address} (a node of this cluster)` : address,
      );
      return fact(refText(ref), 'status.loadBalancer.ingress', where.join(', ') || 'none');
    });
}

function loadBalancer({ world, facts }: ClusterView): Limitation {
  const head = { id: 'load-balancer', title: 'No cloud load balancer' } as const;
  if (!facts.containers.looked) return unknownLimitation(head, facts.containers.why, balancerFacts(world));
  const proxies = facts.containers.value.filter(({ role }) => role === 'loadbalancer');
  const [proxy] = proxies;
  const doors = proxies.map(({ name, state, restartPolicy }) =>
    fact(`Container ${name}`, 'state', `${state}, restart policy ${restartPolicy}`),
  );
  return {
    ...head,
    state: 'holds',
    found:
      proxy === undefined
        ? 'No load balancer stands before the nodes: visitors connect to a node itself.'
        : `Every visitor passes ${proxy.name}, one proxy container on the same machine.`,
    evidence: [...doors, ...balancerFacts(world)],
    cost: 'It checks no node’s health, spreads over no machines, and holds off no attack; when its container stops nobody comes in.',
    wayOut: 'A load balancer of the provider with health checks: `rekindle migrate gke` writes one.',
  };
}

/** The k3d limitations, each measured on this cluster. Pure. */
export function limitations(view: ClusterView): readonly Limitation[] {
  return [oneMachine(view), data(view), datastore(view), addresses(view), loadBalancer(view)];
}
