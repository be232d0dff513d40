import { backingOff, expectedStart } from '../../domain/crash-back-off.ts';
import { dnsAnswers } from '../../domain/dns-answers.ts';
import type { Finding } from '../../domain/finding.ts';
import { seen } from '../../domain/looked.ts';
import type { ContainerFacts, Observation, PodFacts } from '../../domain/observation.ts';
import { hasLabels, isOfJob, isReported } from '../../domain/pod-selection.ts';
import { workingContainers } from '../../domain/running-containers.ts';
import { appendOnlyDamage } from '../append-only-damage.ts';
import { defineFault, type CheckContext } from '../define-fault.ts';
import { diedOfNameResolution, unprovenDependencies } from './dependencies.ts';

/** Below this many seconds the kubelet is as fast as a new pod, which needs 2 to 3 s on the lab. */
const worthRestartingSeconds = 4;

/**
 * What is not yet proven to work of what the pod needs. A pod that died because a name had no address needs more than the
 * DNS: started before the servers behind the name it serves nobody, and its start takes CPU from theirs.
 */
function missing(
  pod: PodFacts,
  container: ContainerFacts,
  observation: Observation,
  { stack }: CheckContext,
): readonly string[] {
  if (!dnsAnswers(seen(observation.dns))) return ['the cluster DNS'];
  const component = stack.components.find((entry) => hasLabels(pod, entry.podLabels));
  if (component !== undefined) return unprovenDependencies(component, stack, observation);
  const words = seen(observation.crashes)?.find(
    (crash) => crash.pod === pod.name && crash.container === container.name,
  );
  const isName = words !== undefined && diedOfNameResolution(words.lines);
  return isName ? [] : ['unknown: it belongs to no component'];
}

function whenText(seconds: number): string {
  return seconds < 1 ? 'at any moment' : `in about ${Math.round(seconds)} s`;
}

const isInit = ({ initContainers }: PodFacts, { name }: ContainerFacts): boolean =>
  initContainers.some((container) => container.name === name);

/** What is the matter; `helps`: a new pod serves sooner than this one, and nobody misses this one. */
function claimOf(pod: PodFacts, container: ContainerFacts, seconds: number, helps: boolean): string {
  if (helps)
    return `${pod.name} waits out a crash back-off of about ${Math.round(seconds)} s more although what it needs works again.`;
  const working = workingContainers(pod);
  const crashed =
    working.length > 0 || isInit(pod, container) ? `${container.name} of ${pod.name}` : pod.name;
  const kept =
    working.length === 0 ? '' : `; the pod is kept because something in it runs: ${working.join(', ')}`;
  return `${crashed} crashed and is started again ${whenText(seconds)}${kept}.`;
}

function kindOf(pod: PodFacts, helps: boolean): Finding['kind'] {
  if (isOfJob(pod)) return 'notice';
  return helps ? 'broken' : 'settling';
}

function judge(
  pod: PodFacts,
  container: ContainerFacts,
  observation: Observation,
  context: CheckContext,
): Finding[] {
  const seconds = expectedStart(container, observation.at);
  // A new pod would die of the same file; that is another fault, and its remedy comes first.
  if (seconds === undefined || appendOnlyDamage(observation, pod, container) !== undefined) return [];
  const unproven = missing(pod, container, observation, context);
  const words = seen(observation.crashes)
    ?.find((crash) => crash.pod === pod.name && crash.container === container.name)
    ?.lines.trim()
    .split('\n')
    .at(-1);
  const mayBeRestarted = workingContainers(pod).length === 0 && !isOfJob(pod);
  const helps = mayBeRestarted && unproven.length === 0 && seconds >= worthRestartingSeconds;
  return [
    {
      fault: 'crash-loop-tail',
      layer: 'app',
      object: { kind: 'Pod', namespace: pod.namespace, name: pod.name, uid: pod.uid },
      claim: claimOf(pod, container, seconds, helps),
      kind: kindOf(pod, helps),
      evidence: [
        {
          object: `Pod ${pod.namespace}/${pod.name}`,
          field: `${isInit(pod, container) ? 'initContainers' : 'containers'}[${container.name}].state.waiting`,
          value: container.message ?? 'CrashLoopBackOff',
          at: observation.at,
        },
        ...(words === undefined
          ? []
          : [
              {
                object: `Pod ${pod.namespace}/${pod.name}`,
                field: 'last log line',
                value: words,
                at: observation.at,
              },
            ]),
      ],
      ...(unproven.length > 0 && { against: `not yet proven to work: ${unproven.join(', ')}` }),
      causedBy: ['dns-silent', 'primary-missing'],
    },
  ];
}

/** A container crashed because something below it was not there yet, and still waits when it is (kubernetes/kubernetes#57291). */
export const crashLoopTail = defineFault({
  id: 'crash-loop-tail',
  layer: 'app',
  title: 'A pod waits out its crash back-off although its dependencies work',
  check: (observation, context) => {
    const containers = seen(observation.containers);
    return (seen(observation.pods) ?? [])
      .filter((pod) => !pod.deleting && isReported(pod, containers))
      .flatMap((pod) => backingOff(pod).flatMap((container) => judge(pod, container, observation, context)));
  },
  remedy: (finding, observation) => {
    const pod = seen(observation.pods)?.find(({ uid }) => uid === finding.object.uid);
    if (pod === undefined || workingContainers(pod).length > 0 || isOfJob(pod)) return [];
    const waiting = backingOff(pod);
    // A sidecar that waits beside the usual containers proves nothing of them.
    const init = waiting.every((container) => isInit(pod, container)) ? waiting[0] : undefined;
    return [
      {
        step: 'restart-crash-looping-pod',
        target: finding.object,
        risk: 'disruptive',
        because: finding.fault,
        reason: 'It serves nobody and its controller makes a new pod at once, without the back-off.',
        provenBy:
          init === undefined
            ? 'a pod of the same owner runs with a later start'
            : `${init.name} works in a later pod of the same owner`,
        undo: 'none needed: its controller makes the same pod again',
        evidenceAt: observation.at,
        // The step's proof looks for the next pod of this controller.
        parameters: { owner: pod.owner?.name ?? '', ...(init && { initContainer: init.name }) },
      },
    ];
  },
});
