import type { Fields } from '../fields/fields.ts';
import { fact, refOf, templatePatch, wholeSeconds, writtenBy } from '../facts.ts';
import type { HardenInventory, HardenWorkload } from '../inventory.ts';
import { measureId, undoBy, type Change, type JudgeMeasure, type Measure } from '../measure.ts';
import type { MeasuredStart, Measurements } from '../measurements.ts';
import type { ContainerSpec, Probe } from '../workload-spec.ts';

/** After a loss of power everything starts at once, on a machine that is slower than when it was measured. */
const factor = 3;

/** Nothing is killed earlier than this, seconds: as long as `rekindle up` tries by itself. */
const floorSeconds = 300;

/** How long a probe lets a container start at least before the kubelet kills it, seconds. */
export function patienceSeconds(probe: Probe): number {
  return probe.initialDelaySeconds + probe.periodSeconds * (probe.failureThreshold - 1);
}

/** The same for one that runs from the beginning with this many failures allowed. */
const failuresFor = (seconds: number, period: number) => Math.ceil(seconds / period) + 1;

const handlers = ['httpGet', 'tcpSocket', 'exec', 'grpc'] as const;

/** The question of a probe, as it is written in the object. */
function questionOf(probe: Probe): Fields {
  const asked = handlers.filter((handler) => probe[handler] !== undefined);
  return Object.fromEntries(asked.map((handler) => [handler, probe[handler]]));
}

interface Subject {
  readonly inventory: HardenInventory;
  readonly workload: HardenWorkload;
  readonly container: ContainerSpec;
  readonly start: MeasuredStart | undefined;
}

const cannot = [
  'A start that is slower than this is killed all the same, and begins anew.',
  'It says nothing about whether the container works; that is what the readiness probe is for.',
];

function addition({ workload, container, start }: Subject, liveness: Probe): Change | undefined {
  if (start === undefined)
    return {
      by: 'nothing',
      reason:
        'No start of it was measured yet, and a guess would only move the limit. Each `rekindle up` that ends healthy after a boot measures one.',
    };
  const wanted = Math.max(start.longestSeconds * factor, floorSeconds);
  if (patienceSeconds(liveness) >= wanted) return undefined;
  if (workload.writer !== undefined)
    return {
      by: 'hand',
      todo: `${writtenBy(workload.writer)}; set a startup probe where that is configured.`,
    };
  const periodSeconds = container.readinessProbe?.periodSeconds ?? liveness.periodSeconds;
  const startupProbe = {
    ...questionOf(liveness),
    periodSeconds,
    timeoutSeconds: liveness.timeoutSeconds,
    failureThreshold: failuresFor(wanted, periodSeconds),
  };
  return templatePatch(workload, { containers: [{ name: container.name, startupProbe }] });
}

function extension({ workload, container, start }: Subject, startup: Probe): Change | undefined {
  if (start === undefined) return undefined;
  const wanted = start.longestSeconds * factor;
  if (patienceSeconds(startup) >= wanted) return undefined;
  if (workload.writer !== undefined)
    return { by: 'hand', todo: `${writtenBy(workload.writer)}; give its startup probe more time there.` };
  const failureThreshold = failuresFor(wanted, startup.periodSeconds);
  return templatePatch(workload, {
    containers: [{ name: container.name, startupProbe: { failureThreshold } }],
  });
}

function changeOf(subject: Subject): Change | undefined {
  const { startupProbe, livenessProbe } = subject.container;
  if (startupProbe !== undefined) return extension(subject, startupProbe);
  // Without a liveness probe nothing kills a slow start; a startup probe would be the first that does.
  return livenessProbe === undefined ? undefined : addition(subject, livenessProbe);
}

function evidenceOf({ inventory, workload, container, start }: Subject) {
  const object = refOf(workload);
  const { startupProbe, livenessProbe } = container;
  const killer = startupProbe === undefined ? 'livenessProbe' : 'startupProbe';
  const probe = startupProbe ?? livenessProbe;
  return [
    ...(probe === undefined
      ? []
      : [
          fact(
            inventory,
            object,
            `${killer} of ${container.name}`,
            `kills after ${patienceSeconds(probe)} s at the earliest`,
          ),
        ]),
    ...(start === undefined
      ? []
      : [
          fact(
            inventory,
            object,
            'measured starts (journal)',
            `${start.count}, the longest ${wholeSeconds(start.longestSeconds)}`,
          ),
        ]),
  ];
}

function measureOf(subject: Subject): readonly Measure[] {
  const change = changeOf(subject);
  if (change === undefined) return [];
  const { workload, container } = subject;
  const id = measureId('startup-probe', refOf(workload), container.name);
  const isNew = container.startupProbe === undefined;
  return [
    {
      id,
      name: 'startup-probe',
      object: refOf(workload),
      what: isNew
        ? `Container ${container.name} gets a startup probe: the question of its liveness probe, and more time for it.`
        : `The startup probe of container ${container.name} gets more time.`,
      why:
        `The ${isNew ? 'liveness' : 'startup'} probe may kill a start that is only slow, and the next one is no faster. ` +
        `Wanted are ${factor} times the longest start that was measured${isNew ? `, ${floorSeconds} s at least` : ''}: after a loss of power everything starts at once.`,
      evidence: evidenceOf(subject),
      change,
      undo: undoBy(id),
      cannot,
    },
  ];
}

/**
 * Startup probes from measured start times, where a liveness probe could kill a slow start: it is not asked before the
 * startup probe has had its yes (kubernetes.io, Configure Liveness, Readiness and Startup Probes).
 */
export const startupProbes: JudgeMeasure = (inventory, { starts }: Measurements) =>
  inventory.workloads.flatMap((workload) => {
    const start = starts.get(`${workload.kind}/${workload.name}`);
    return workload.containers.flatMap((container) => measureOf({ inventory, workload, container, start }));
  });
