import { annotationsOf, type Bench } from '../bench.ts';
import { groupOf, listOf, nameOf, textAt, valueAt, type Manifest } from '../manifest.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { findDoors, type FoundDoor } from './find-door.ts';

const id = 'front-door';

function closeService(bench: Bench, service: Manifest): void {
  const type = textAt(service, ['spec', 'type']);
  if (type !== 'NodePort' && type !== 'LoadBalancer') return;
  const why =
    type === 'NodePort'
      ? 'The local load balancer reaches it by a port of the nodes. On the target the front door reaches the pods, and no node has a port open.'
      : 'servicelb (Klipper) gives it a port on every local node. On the target each such Service would be a public load balancer of its own, without a certificate.';
  bench.set(service, ['spec', 'type'], 'ClusterIP', { rule: id, why });
  for (const [index, port] of listOf(valueAt(service, ['spec', 'ports'])).entries())
    if (port['nodePort'] !== undefined)
      bench.remove(service, ['spec', 'ports', index, 'nodePort'], {
        rule: id,
        why: 'It belongs to the NodePort.',
      });
  for (const field of [
    'loadBalancerIP',
    'loadBalancerClass',
    'externalTrafficPolicy',
    'allocateLoadBalancerNodePorts',
  ])
    bench.remove(service, ['spec', field], { rule: id, why: `It belongs to the ${type}.` });
}

/** Services that were open to the outside and are not behind the new door. */
function tellClosed(bench: Bench, open: readonly Manifest[], doors: readonly FoundDoor[]): void {
  const [door] = doors;
  for (const service of open) {
    const isBehind = door?.backends.some(({ service: one }) => nameOf(one) === nameOf(service)) === true;
    const isTold = doors
      .slice(1)
      .some(({ sources }) => sources.some((one) => nameOf(one) === nameOf(service)));
    if (isBehind || isTold) continue;
    bench.task(
      id,
      service,
      'It could be reached from outside by itself; on the target it cannot.',
      'If that was meant, add a way in of its own to the overlay (for a database: none).',
    );
  }
}

/** All hosts of the old front door become one domain. */
function tellHosts(bench: Bench, { sources }: FoundDoor): void {
  for (const source of sources) {
    const hosts = new Set(listOf(valueAt(source, ['spec', 'rules'])).map(({ host }) => host));
    if (hosts.size > 1)
      bench.task(
        id,
        source,
        `It has ${hosts.size} host names; on the target all of its paths are under the one domain.`,
        'If they differ, write a route for each into the overlay, with a certificate for each name.',
      );
  }
}

function tellTraefik(bench: Bench): void {
  for (const manifest of bench.objects()) {
    if (!/^traefik\.(io|containo\.us)$/.test(groupOf(manifest))) continue;
    const why = 'Only Traefik reads it, and the target’s front door is not Traefik.';
    bench.drop(manifest, { rule: id, why });
    if (manifest.kind !== 'IngressRoute')
      bench.task(
        id,
        manifest,
        `What this ${manifest.kind} did at the front door (redirects, headers, limits, logins) is not carried over.`,
        'Say it in the web server or in the front door of the target.',
      );
  }
  for (const manifest of bench.objects())
    for (const key of Object.keys(annotationsOf(manifest)))
      if (/^traefik\.(ingress\.kubernetes\.)?io\//.test(key))
        bench.remove(manifest, ['metadata', 'annotations', key], {
          rule: id,
          why: 'Only Traefik reads it.',
        });
}

function openDoor(bench: Bench, door: FoundDoor, { target }: RuleContext): void {
  for (const source of door.sources)
    if (source.kind === 'Ingress')
      bench.drop(source, {
        rule: id,
        why: `k3s serves it by Traefik. On the target ${door.name} is served by the provider’s load balancer, with a certificate that it renews itself.`,
        after: 'the front door of the target',
      });
  target.openDoor(bench, door);
  for (const { service, healthPath } of door.backends)
    if (healthPath === undefined)
      bench.task(
        id,
        service,
        'No path is known that says whether it works; the load balancer asks for / and wants 200.',
        'Annotate the Service with rekindle.dev/health-path and run rekindle migrate again, or see that / gives 200 without a login and without a redirect.',
      );
}

/** The way in: node ports, servicelb and Traefik become the provider's load balancer. */
export const frontDoor: Rule = {
  id,
  looksFor:
    'NodePort and LoadBalancer Services (servicelb, k3d’s load balancer), Traefik’s Ingress and routes',
  run: (bench, context) => {
    const { doors, unclear } = findDoors(bench);
    for (const manifest of unclear)
      bench.task(
        id,
        manifest,
        'Its rules are more than hosts and path prefixes, or use middlewares; they are not carried over.',
        'Write the routes by hand into the overlay.',
      );
    if (doors.length === 0)
      bench.task(
        id,
        '(the stack)',
        'No way in was found: no Ingress, no open Service, no Service marked for Rekindle.',
        'Annotate the Service of the web server with rekindle.dev/health-path and run rekindle migrate again.',
      );
    const open = bench
      .objects('Service')
      .filter((service) => ['LoadBalancer', 'NodePort'].includes(textAt(service, ['spec', 'type']) ?? ''));
    for (const service of open) closeService(bench, service);
    tellClosed(bench, open, doors);
    const [first, ...others] = doors;
    if (first !== undefined) {
      openDoor(bench, first, context);
      tellHosts(bench, first);
    }
    for (const door of others)
      bench.task(
        id,
        door.sources[0] ?? door.name,
        'It is a second way in; only the first one found is opened on the target.',
        'Give it a host name of its own and add it to the front door in the overlay.',
      );
    tellTraefik(bench);
  },
};
