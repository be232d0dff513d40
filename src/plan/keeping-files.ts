import type { PlannedStep, Refusal } from '../domain/plan.ts';

/**
 * The step that keeps a pod's files, in place of one that was refused because of them; undefined when the user gave no
 * folder for them, or when that was not the reason. Other steps than the one for a crash back-off delete pods of which
 * nobody can say that nothing in them runs.
 */
export function keepingFiles(
  planned: PlannedStep,
  { guard, kind }: Refusal,
  copyOut: string | undefined,
): PlannedStep | undefined {
  const isForFiles = guard === 'files-in-empty-dir' && kind === 'choice';
  if (copyOut === undefined || !isForFiles || planned.step !== 'restart-crash-looping-pod') return undefined;
  return {
    ...planned,
    step: 'restart-pod-with-its-files',
    reason:
      `It serves nobody while it waits. What is in its emptyDir volumes is copied to ${copyOut} and compared first; the ` +
      'pod is deleted only when the copy is on disk, and the files are put into the new pod and compared again.',
    provenBy: 'the files in the new pod are the same, and a pod of the same owner runs with a later start',
    undo: 'none needed: its controller makes the same pod again, and the copy stays where it is',
    parameters: { ...planned.parameters, copyOut },
  };
}
