import { setTimeout as sleep } from 'node:timers/promises';
import { createInterface } from 'node:readline';

import { execa } from 'execa';

import { shop } from '../../src/drills/shop.ts';
import type { RigLab } from './rig-lab.ts';

/** A pod as it was reported: which of its containers wait out a crash back-off. */
export interface PodSighting {
  /** When it was reported, ms since the epoch. */
  readonly at: number;
  readonly pod: string;
  readonly isBackingOff: boolean;
}

/** What its containers wait for, as one line a report. */
const columns = [
  'NAME:.metadata.name',
  'WAITS:.status.containerStatuses[*].state.waiting.reason',
  'INIT:.status.initContainerStatuses[*].state.waiting.reason',
];

/** A line of the watch. */
export function sighting(line: string, at: number): PodSighting | undefined {
  const [pod = '', ...reasons] = line.trim().split(/\s+/);
  return pod === '' ? undefined : { at, pod, isBackingOff: reasons.join(' ').includes('CrashLoopBackOff') };
}

/** Seconds that each pod spent waiting out a crash back-off, until `end` (ms since the epoch). Pure. */
export function backOffSeconds(
  sightings: readonly PodSighting[],
  end: number,
): Readonly<Record<string, number>> {
  const since = new Map<string, number>();
  const total = new Map<string, number>();
  const close = (pod: string, at: number) => {
    const begin = since.get(pod);
    if (begin === undefined) return;
    total.set(pod, (total.get(pod) ?? 0) + Math.max(0, at - begin) / 1000);
    since.delete(pod);
  };
  for (const { at, pod, isBackingOff } of sightings) {
    if (!isBackingOff) close(pod, at);
    else if (!since.has(pod)) since.set(pod, at);
  }
  for (const pod of since.keys()) close(pod, end);
  return Object.fromEntries(total);
}

export interface PodWatch {
  readonly sightings: readonly PodSighting[];
  readonly stop: () => Promise<void>;
}

/** Watches the pods of the example through cuts: a watch that ends with the API is begun anew until it is stopped. */
export function watchPods(lab: RigLab): PodWatch {
  const sightings: PodSighting[] = [];
  const stopped = new AbortController();
  const args = ['get', 'pods', '--watch', '--no-headers', '-o', `custom-columns=${columns.join(',')}`];
  const once = async (): Promise<void> => {
    const [program = '', ...rest] = lab.command(['kubectl', '-n', shop.namespace, ...args]);
    const child = execa(program, rest, {
      env: lab.env(),
      buffer: false,
      reject: false,
      stderr: 'ignore',
      cancelSignal: stopped.signal,
      forceKillAfterDelay: 1000,
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const seen = sighting(line, Date.now());
      if (seen !== undefined) sightings.push(seen);
    });
    await child;
  };
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      await once();
      await sleep(500);
    }
  })();
  return {
    sightings,
    stop: async () => {
      stopped.abort();
      await watching;
    },
  };
}
