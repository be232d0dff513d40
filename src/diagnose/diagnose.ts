import { layers, type Finding } from '../domain/finding.ts';
import { seen, type Looked } from '../domain/looked.ts';
import { maintenanceAnnotation } from '../domain/maintenance.ts';
import type { Observation } from '../domain/observation.ts';
import { plainLine, plainLines } from '../domain/plain-text.ts';
import type { CheckContext } from '../faults/define-fault.ts';
import { faults } from '../faults/index.ts';

/** Layers whose blindness matters by itself; the others are not asked while a lower one is silent. */
const sources: readonly {
  readonly field: 'containers' | 'pods' | 'databases' | 'workloads';
  readonly layer: Finding['layer'];
}[] = [
  { field: 'containers', layer: 'engine' },
  { field: 'pods', layer: 'control-plane' },
  { field: 'workloads', layer: 'control-plane' },
  { field: 'databases', layer: 'database' },
];

function blindness(observation: Observation): Finding[] {
  return sources.flatMap(({ field, layer }) => {
    const looked: Looked<unknown> = observation[field];
    const explained = !observation.api.looked && field !== 'containers';
    if (looked.looked || explained) return [];
    return [
      {
        fault: 'could-not-look',
        layer,
        object: { kind: 'Source', name: looked.from },
        claim: `Could not look at ${looked.from}: ${looked.why}.`,
        kind: 'unknown' as const,
        evidence: [{ object: looked.from, field: 'error', value: looked.why, at: looked.at }],
        causedBy: [],
      },
    ];
  });
}

/**
 * Wishes of people that this user may not read: nobody obeys them, which is worth saying. Workloads are told by `blindness`, and
 * what is only late holds up what depends on it (the guard `maintenance-unseen`).
 */
function unreadWishes({ at, maintenance, nodes }: Observation): Finding[] {
  const hidden = [
    ...(seen(maintenance)?.forbidden ?? []),
    ...(!nodes.looked && nodes.isForbidden === true ? [{ object: 'a node', why: nodes.why }] : []),
  ];
  return hidden.map(({ object, why }) => ({
    fault: 'could-not-look',
    layer: 'control-plane',
    object: { kind: 'Source', name: `${maintenanceAnnotation} on ${object}` },
    claim: `Whether ${object} is to be left alone could not be seen, and it is treated as if it were not: ${why}.`,
    kind: 'notice',
    evidence: [{ object, field: `annotation ${maintenanceAnnotation}`, value: why, at }],
    byHand: 'Give this user the rights of deploy/rbac/rekindle.yaml, and the mark is obeyed.',
    causedBy: [],
  }));
}

/** A sentence quotes at most one message; a value may be a command to paste, with paths in it, characters. */
const longest = { sentence: 2000, value: 8000 };

/** What a finding quotes was written by pods, clients and people: from here on it can be shown and kept anywhere. */
function showable(finding: Finding): Finding {
  const { claim, evidence, against, byHand } = finding;
  return {
    ...finding,
    claim: plainLine(claim, longest.sentence),
    evidence: evidence.map((entry) =>
      Object.assign({}, entry, { value: plainLine(entry.value, longest.value) }),
    ),
    ...(against !== undefined && { against: plainLine(against, longest.sentence) }),
    ...(byHand !== undefined && { byHand: plainLines(byHand) }),
  };
}

/**
 * Judges one observation with every check. Pure and total: any observation gives findings, sorted from the bottom
 * layer up, so that roots come before symptoms.
 */
export function diagnose(observation: Observation, context: CheckContext): readonly Finding[] {
  const findings = [
    ...blindness(observation),
    ...unreadWishes(observation),
    ...faults.flatMap((fault) => fault.check(observation, context)),
  ];
  return findings.map(showable).sort((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer));
}
