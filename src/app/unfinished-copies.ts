import { putBackByHand } from '../domain/copy-out.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import { seen } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import type { ManualTask, PlannedStep } from '../domain/plan.ts';
import type { CopyOnDisk } from '../record/copy-on-disk.ts';

/** A pod's files on their way to the next pod, of which nobody heard whether they arrived. */
export interface UnfinishedCopy {
  readonly run: string;
  readonly action: string;
  readonly step: PlannedStep;
  /** Folder of the run that made the copy, absolute. */
  readonly root: string;
  /** ms since the epoch. */
  readonly intendedAt: number;
}

/** What runs before this one had begun when the process or the power ended, of the events of one cluster; oldest first. */
export function unfinishedCopies(events: readonly StoredEvent[], run: string): readonly UnfinishedCopy[] {
  const heard = new Set(events.flatMap((event) => (event.type === 'step-acted' ? [event.action] : [])));
  return events.flatMap((event) => {
    if (event.type !== 'step-intended' || event.step.step !== 'restart-pod-with-its-files') return [];
    const { action, step, at } = event;
    if (event.run === run || heard.has(action)) return [];
    return [{ run: event.run, action, step, root: step.parameters['copyOut'] ?? '', intendedAt: at }];
  });
}

/** The only pod that can have taken the old one's place; undefined when there is none, or more than one. */
function successor({ step, intendedAt }: UnfinishedCopy, observation: Observation) {
  const pods = (seen(observation.pods) ?? []).filter(
    ({ namespace, uid, owner, createdAt, deleting, node }) =>
      namespace === step.target.namespace &&
      uid !== step.target.uid &&
      owner?.name === step.parameters['owner'] &&
      createdAt >= intendedAt - 1000 &&
      !deleting &&
      node !== undefined,
  );
  const [pod, ...others] = pods;
  if (pod?.node === undefined || others.length > 0) return undefined;
  return { node: pod.node, uid: pod.uid };
}

/**
 * What a person has to do about a copy whose run was ended in between; undefined when the old pod still has its files. Told
 * whenever that is not certain. Pure.
 */
export function unfinishedCopyTask(
  copy: UnfinishedCopy,
  disk: CopyOnDisk,
  observation: Observation,
): ManualTask | undefined {
  const { target } = copy.step;
  const pods = seen(observation.pods);
  const isThere = pods?.some(({ uid, deleting }) => uid === target.uid && !deleting) === true;
  if (isThere || disk.state === 'partial') return undefined;
  const task = { fault: copy.step.because, target };
  const begun = `An earlier run was ended while it moved the files of ${target.name} to a new pod`;
  if (disk.state === 'not found') {
    return {
      ...task,
      reason: `${begun}. Its copy should be below ${copy.root}, and is not found there: ${disk.why}.`,
      byHand: `If that folder is on a disk that is not mounted now, mount it. A copy that is whole has a manifest.json.`,
    };
  }
  const command = putBackByHand(disk.archives, target.namespace ?? '', successor(copy, observation));
  return {
    ...task,
    reason: `${begun}; the copy is whole, and whether its files are in the new pod is not known.`,
    byHand: `Look whether they are there; if not: ${command}`,
  };
}
