import { seen } from '../../domain/looked.ts';
import type { Evidence } from '../../domain/finding.ts';
import type { PodFacts } from '../../domain/observation.ts';
import { dialTargets, fileTexts, toldBefore, type DialTarget } from '../dial-targets.ts';
import { fact, refOf, templatePatch, writtenBy } from '../facts.ts';
import { guardContainer, guardLimits } from '../guard-container.ts';
import { componentOf, toolsOf, type HardenInventory, type HardenWorkload } from '../inventory.ts';
import { measureId, undoBy, type Change, type JudgeMeasure, type Measure } from '../measure.ts';
import type { Measurements } from '../measurements.ts';
import { waitCommand, waiterFor, type WaitTarget } from '../scripts/wait.ts';
import type { ContainerSpec } from '../workload-spec.ts';

/** Name of the init container. */
export const waitContainer = 'rekindle-wait';

/** A missing dependency becomes visible after this, seconds: as long as `rekindle up` tries by itself. */
const floorSeconds = 300;

/** Of the longest start of a dependency that was measured. */
const factor = 3;

interface Subject {
  readonly inventory: HardenInventory;
  readonly measurements: Measurements;
  readonly workload: HardenWorkload;
  readonly container: ContainerSpec;
  readonly targets: readonly DialTarget[];
  /** It only has to have an address when it starts. */
  readonly needsName: boolean;
}

/**
 * nginx looks a host name in its configuration up once, when it starts, and ends with "host not found in upstream" when it
 * has no address (nginx.org, ngx_http_upstream_module, server: without `resolve`); HAProxy does the same by default.
 */
const looksUpOnce = /(^|\/)(nginx|haproxy)(\s|$|:|@)/;

function isNameReader({ containers }: HardenWorkload): boolean {
  return containers.some(({ image, command, args }) =>
    [image, ...command, ...args].some((word) => looksUpOnce.test(word)),
  );
}

/** Targets that this workload really needs at its start and that nothing before it is told of. */
function subjectOf(
  inventory: HardenInventory,
  measurements: Measurements,
  workload: HardenWorkload,
): Subject | undefined {
  const { discovered, stack } = inventory;
  const own = discovered.workloads.find(({ kind, name }) => kind === workload.kind && name === workload.name);
  const component = componentOf(workload, stack);
  const [container] = workload.containers;
  if (own === undefined || component === undefined || container === undefined) return undefined;
  const needsName = isNameReader(workload);
  // Other proxies look a name up for each request, and start without it.
  if (component.adapter === 'edge' && !needsName) return undefined;
  if (needsName && fileTexts(own, discovered).some((text) => /^\s*resolver\s/m.test(text))) return undefined;
  const before = toldBefore(own, discovered);
  const targets = dialTargets(own, discovered).filter(
    ({ service, components, isConfigured }) =>
      !before.has(service) &&
      components.some((key) => component.dependsOn.includes(key)) &&
      (!needsName || isConfigured),
  );
  return targets.length === 0
    ? undefined
    : { inventory, measurements, workload, container, targets, needsName };
}

function waitTargets({ targets, needsName }: Subject): readonly WaitTarget[] | undefined {
  if (needsName) return targets.map(({ host }) => ({ host }));
  const found = targets.flatMap(({ host, port }) => (port === undefined ? [] : [{ host, port }]));
  return found.length === targets.length ? found : undefined;
}

function deadlineSeconds({ targets, measurements: { starts } }: Subject): number {
  const longest = targets
    .flatMap(({ components }) => components)
    .map((key) => starts.get(key)?.longestSeconds ?? 0);
  return Math.ceil(Math.max(floorSeconds, factor * Math.max(0, ...longest)));
}

function changeOf(subject: Subject): Change {
  const { workload, container } = subject;
  if (workload.writer !== undefined) return { by: 'hand', todo: `${writtenBy(workload.writer)}.` };
  const targets = waitTargets(subject);
  if (targets === undefined)
    return { by: 'hand', todo: 'At which port it dials is not known; write the wait by hand.' };
  const tools = toolsOf(workload, container.name, subject.inventory.at);
  if (!tools.looked)
    return {
      by: 'hand',
      todo: `Which programs its image has could not be looked up (${tools.why}); nothing is guessed.`,
    };
  const waiter = waiterFor(tools.value, targets);
  if (waiter === undefined)
    return {
      by: 'hand',
      todo: 'Its image has neither python3, bash nor getent for this; add an init container of an image that is on the nodes.',
    };
  const command = waitCommand(waiter, targets, deadlineSeconds(subject));
  return templatePatch(workload, { initContainers: [guardContainer(waitContainer, container, command)] });
}

/** Exits that a container made by itself: not the loss of power (255, Unknown), nor somebody who ended it (137, 143). */
function ownExits(pods: readonly PodFacts[]): readonly string[] {
  return pods.flatMap(({ name, containers }) =>
    containers.flatMap(({ name: container, restartCount, lastExit }) =>
      lastExit === undefined || [0, 137, 143, 255].includes(lastExit.exitCode)
        ? []
        : [
            `${name}: ${container} ended with exit code ${lastExit.exitCode}; started ${restartCount + 1} times in all`,
          ],
    ),
  );
}

function evidenceOf({ inventory, workload, container, targets, measurements }: Subject): readonly Evidence[] {
  const object = refOf(workload);
  const tools = seen(toolsOf(workload, container.name, inventory.at));
  const tails = measurements.faults.get('crash-loop-tail');
  return [
    ...targets.map(({ where, host, port }) =>
      fact(inventory, object, where, port === undefined ? host : `${host}, port ${port}`),
    ),
    ...ownExits(workload.pods).map((exit) => fact(inventory, object, 'last exit', exit)),
    ...(tails === undefined
      ? []
      : [fact(inventory, object, 'crash back-offs in the journal', `${tails.count} in this stack`)]),
    ...(tools === undefined
      ? []
      : [fact(inventory, object, 'programs in its image', tools.join(', ') || 'none of use')]),
  ];
}

function limits({ workload, container, needsName }: Subject): readonly string[] {
  const earlier = workload.initContainers.map(({ name }) => name);
  return [
    needsName
      ? 'It waits for an address, not for an answer: what is behind the name may still be starting.'
      : 'An open port is not a login: what listens there may still refuse.',
    ...(earlier.length > 0
      ? [`It runs after ${earlier.join(', ')}; only your own manifest can put it first.`]
      : []),
    ...guardLimits(container.name),
  ];
}

function measureOf(subject: Subject): Measure {
  const { workload, targets, needsName } = subject;
  const id = measureId('wait-for-dependencies', refOf(workload));
  const list = targets.map(({ host }) => host).join(', ');
  const verb = needsName ? 'until it has an address' : 'until it takes connections';
  return {
    id,
    name: 'wait-for-dependencies',
    object: refOf(workload),
    what: `An init container waits for ${list}, ${verb}, for ${deadlineSeconds(subject)} s at most; then it ends with a message that the pod shows.`,
    why:
      (needsName
        ? 'It looks these names up once, when it starts, and ends when there is no answer: after a boot the DNS is later than its clients. '
        : 'A start before what it needs is there ends in errors or a crash. ') +
      'Each crash doubles the time that the kubelet waits before the next start (10 s to 5 minutes).',
    evidence: evidenceOf(subject),
    change: changeOf(subject),
    undo: undoBy(id),
    cannot: limits(subject),
  };
}

/**
 * Waits for dependencies, with a deadline: what is missing for longer ends in a state that everybody sees, and not in
 * silence for ever. The edges are discovery's; what is dialled is what the containers are told to dial.
 */
export const waitForDependencies: JudgeMeasure = (inventory, measurements) =>
  inventory.workloads.flatMap((workload) => {
    const subject = subjectOf(inventory, measurements, workload);
    return subject === undefined ? [] : [measureOf(subject)];
  });
