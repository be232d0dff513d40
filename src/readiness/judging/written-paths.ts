import { longRunning } from '../world/pod-spec.ts';
import type { Workload } from '../world/workload.ts';

/** Paths at which a workload's containers may write to a volume. */
export function writtenPaths({ pod }: Pick<Workload, 'pod'>, volume: string): readonly string[] {
  return longRunning(pod).flatMap(({ volumeMounts }) =>
    volumeMounts.flatMap(({ name, readOnly, mountPath }) =>
      name === volume && readOnly !== true ? [mountPath] : [],
    ),
  );
}
