import { applyMeasures } from '../../src/harden/apply/apply-measures.ts';
import type { HardenResult } from '../../src/harden/apply/harden-result.ts';
import { undoMeasures } from '../../src/harden/apply/undo-measures.ts';
import type { Measure } from '../../src/harden/measure.ts';
import { customServers } from '../../src/harden/measures/host-name.ts';
import { fieldManager } from '../../src/harden/plan-hardening.ts';
import type { KubeObject } from '../../src/ports/cluster.ts';
import { webAs, type HardenWorld, type Kind } from './harden-world.ts';

/** A measure that puts an init container into the web server. */
export function waitMeasure(name = 'rekindle-wait', kind: Kind = 'Deployment'): Measure {
  const initContainers = [{ name, image: 'nginx:1', command: ['true'] }];
  return {
    id: `wait-for-dependencies/deployment/nginx/${name}`,
    name: 'wait-for-dependencies',
    object: webAs(kind),
    what: 'It waits.',
    why: 'For a test.',
    evidence: [],
    change: { by: 'patch', patch: { spec: { template: { spec: { initContainers } } } }, restarts: 1 },
    undo: '',
    cannot: [],
  };
}

/** The web server's manager and pods, for a comparison of before and after. */
export async function traces(world: HardenWorld): Promise<object> {
  const { metadata, spec } = (await world.web()) as KubeObject & { spec?: unknown };
  const managers = (metadata as unknown as { managedFields: { manager: string }[] }).managedFields;
  return {
    annotations: metadata.annotations,
    spec,
    isOurs: managers.some(({ manager }) => manager === fieldManager),
  };
}

/** Applies these measures as `--apply` does. */
export async function apply(
  world: HardenWorld,
  measures: readonly Measure[],
): Promise<readonly HardenResult[]> {
  const input = {
    planned: await world.planned(measures),
    lives: await world.lives(),
    events: world.journal.events(),
  };
  return (await applyMeasures(world.session, input)).results;
}

/** Takes measures back as `--undo` does; `isMeant`: only these. */
export async function undo(
  world: HardenWorld,
  measures: readonly Measure[],
  isMeant?: (id: string) => boolean,
): Promise<readonly HardenResult[]> {
  return undoMeasures(world.session, {
    planned: await world.planned(measures),
    lives: await world.lives(),
    events: world.journal.events(),
    ...(isMeant && { isMeant }),
  });
}

/** What the journal has of hardening, in short. */
export function hardenEvents(world: HardenWorld): readonly string[] {
  return world.journal.events().flatMap((event) => {
    if (event.type === 'harden-intended') return [`intended ${event.change}`];
    if (event.type === 'harden-acted') return [event.acted];
    return event.type === 'harden-verified' ? [`verified ${event.verified}`] : [];
  });
}

/** The restart policy of the agent of this shop. */
export const agentPolicy: Measure = {
  ...waitMeasure(),
  id: 'restart-policy/container/k3d-shop-agent-0',
  name: 'restart-policy',
  object: { kind: 'Container', name: 'k3d-shop-agent-0', uid: 'id-of-k3d-shop-agent-0' },
  change: { by: 'engine', policy: 'unless-stopped', before: 'on-failure:3' },
};

/** A ConfigMap that is not there yet. */
export const zone: Measure = {
  ...waitMeasure(),
  id: 'host-name/configmap/coredns-custom',
  name: 'host-name',
  object: { kind: 'ConfigMap', ...customServers },
  change: { by: 'patch', patch: { data: { 'rekindle-host.server': 'zone' } }, restarts: 0 },
};
