import { layers, type Finding } from '../domain/finding.ts';
import type { Looked } from '../domain/looked.ts';
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
    ...faults.flatMap((fault) => fault.check(observation, context)),
  ];
  return findings.map(showable).sort((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer));
}
