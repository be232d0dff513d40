import { dnsAnswers } from '../domain/dns-answers.ts';
import type { Finding, Layer } from '../domain/finding.ts';
import { seen, type Looked } from '../domain/looked.ts';
import type { DatabaseFacts, Observation } from '../domain/observation.ts';
import { isFresh, isOfJob } from '../domain/pod-selection.ts';

/** What a run shows one line for, from the bottom up. */
export const rowNames = [
  'container engine',
  'API',
  'DNS',
  'database',
  'poolers',
  'web',
  'front door',
  'proof',
] as const;
export type RowName = (typeof rowNames)[number];

/** `absent`: this stack has none, or it is not known yet. */
export type RowState = 'works' | 'waiting' | 'broken' | 'absent';

export interface LayerRow {
  readonly name: RowName;
  readonly state: RowState;
  /** One line; empty when the state says it all. */
  readonly detail: string;
}

const rowOfLayer: Readonly<Record<Layer, RowName>> = {
  host: 'container engine',
  engine: 'container engine',
  node: 'container engine',
  'control-plane': 'API',
  dns: 'DNS',
  storage: 'database',
  operator: 'database',
  database: 'database',
  pooler: 'poolers',
  cache: 'web',
  app: 'web',
  edge: 'front door',
};

/** The line that a finding, or the action against it, belongs to. */
export function rowOf(finding: Pick<Finding, 'layer'>): RowName {
  return rowOfLayer[finding.layer];
}

type Facts = Omit<LayerRow, 'name'>;

const works = (detail: string): Facts => ({ state: 'works', detail });
const waiting = (detail: string): Facts => ({ state: 'waiting', detail });

/** `good` of `all`: works when there are some and all of them are good. */
function counted(good: number, all: number, what: string): Facts {
  if (all === 0) return { state: 'absent', detail: 'none is known' };
  return { state: good === all ? 'works' : 'waiting', detail: `${good} of ${all} ${what}` };
}

function from<T>(looked: Looked<T>, read: (value: T) => Facts): Facts {
  return looked.looked ? read(looked.value) : waiting(looked.why);
}

/** Pods that are neither database nor pooler and do not end by themselves, as far as they were started since the boot. */
function webFacts(observation: Observation): Facts {
  return from(observation.pods, (pods) => {
    const databases = (seen(observation.databases) ?? []).flatMap(({ members }) => members);
    const others = new Set([
      ...databases.map(({ pod }) => pod),
      ...(seen(observation.poolers) ?? []).map(({ pod }) => pod),
    ]);
    const web = pods.filter((pod) => !others.has(pod.name) && !pod.deleting && !isOfJob(pod));
    const ready = web.filter((pod) => pod.ready && isFresh(pod, seen(observation.containers)));
    return counted(ready.length, web.length, 'pods ready since the boot');
  });
}

function doorFacts({ frontDoor }: Observation): Facts {
  return from(frontDoor, ({ answer }) => {
    if ('error' in answer) return waiting(answer.error);
    return answer.status < 500 ? works(`answers ${answer.status}`) : waiting(`answers ${answer.status}`);
  });
}

/** How many of the standbys that were asked receive what the primary writes. */
function copies(databases: readonly DatabaseFacts[]): string {
  const standbys = databases.flatMap(({ members }) =>
    members.flatMap(({ standby }) => (standby === undefined ? [] : (seen(standby) ?? []))),
  );
  const streaming = standbys.filter(({ receives }) => receives).length;
  return standbys.length === 0 ? '' : `, ${streaming} of ${standbys.length} standbys stream`;
}

function facts(observation: Observation): Readonly<Record<Exclude<RowName, 'proof'>, Facts>> {
  const { containers, api, dns, databases, poolers } = observation;
  return {
    'container engine': from(containers, (found) =>
      counted(found.filter(({ state }) => state === 'running').length, found.length, 'containers run'),
    ),
    API: from(api, () => works('answers')),
    DNS: from(dns, (found) => (dnsAnswers(found) ? works('answers') : waiting('does not answer yet'))),
    database: from(databases, (found) => {
      const primaries = found.flatMap(({ primary }) => seen(primary) ?? []).filter((one) => !one.inRecovery);
      return found.length > 0 && primaries.length === found.length
        ? works(`${primaries.map(({ pod }) => pod).join(', ')} takes writes${copies(found)}`)
        : counted(primaries.length, found.length, 'with a primary that takes writes');
    }),
    poolers: from(poolers, (found) =>
      counted(found.filter(({ login }) => login.result === 'ok').length, found.length, 'accept a login'),
    ),
    web: webFacts(observation),
    'front door': doorFacts(observation),
  };
}

/** What was seen of a layer, and over that what is judged to be wrong with it. */
function judged(seenFacts: Facts, own: readonly Finding[]): Facts {
  const broken = own.find((finding) => finding.kind === 'broken');
  if (broken !== undefined) return { state: 'broken', detail: broken.claim };
  const unsettled = own.find((finding) => finding.kind === 'settling' || finding.kind === 'unknown');
  return unsettled === undefined ? seenFacts : waiting(unsettled.claim);
}

/** One line for each layer below the proof, from the bottom up. Pure. */
export function layerRows(observation: Observation, findings: readonly Finding[]): readonly LayerRow[] {
  return Object.entries(facts(observation)).map(([key, seenFacts]) => {
    const name = key as RowName;
    const { state, detail } = judged(
      seenFacts,
      findings.filter((finding) => rowOf(finding) === name),
    );
    return { name, state, detail };
  });
}
