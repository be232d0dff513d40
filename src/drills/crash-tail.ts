import { shopKubectl } from './database.ts';
import { defineDrill, type Drill, type DrillLab } from './define-drill.ts';
import { waitFor } from './wait-for.ts';

interface ContainerStatus {
  readonly state: { readonly running?: object; readonly waiting?: { readonly message?: string } };
}

/** A pod of the web server. */
export interface WebPod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** All pods of the web server. */
export async function webPods(lab: DrillLab): Promise<readonly WebPod[]> {
  const list = await shopKubectl(lab, ['get', 'pods', '-l', 'component=django', '-o', 'json']);
  return (JSON.parse(list) as { readonly items: readonly WebPod[] }).items;
}

/**
 * The kubelet doubles the wait with each end: 10, 20, 40, 80, 160 s, then 300 s, and remembers it until a container has run
 * for ten minutes (kubernetes.io, Pod lifecycle, restarts).
 */
export interface CrashTail {
  readonly id: string;
  readonly title: string;
  /** Shortest wait that counts. */
  readonly seconds: number;
  /** How long it takes to get there, at most, seconds. */
  readonly within: number;
  /** The container of the pod that crashes. */
  readonly of: (pod: WebPod) => ContainerStatus | undefined;
  /** What is done before the first crash; resolves when every pod can be made to crash. */
  readonly before?: (lab: DrillLab) => Promise<void>;
  /** Ends that container in these pods, in which it runs. */
  readonly end: (lab: DrillLab, pods: readonly WebPod[]) => Promise<void>;
  /** Takes away what made them crash. */
  readonly after?: (lab: DrillLab) => Promise<void>;
}

/** The wait that the kubelet names (`back-off 1m20s restarting failed container=...`), seconds; 0 when it names none. */
function waitOf(message = ''): number {
  const [, minutes = '0', seconds = '0'] = /^back-off (?:(\d+)m)?(\d+)s/.exec(message) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

/** Ends what runs; the evidence once all of them wait as long as wanted. */
async function endUntilTheyWait(lab: DrillLab, { seconds, of, end }: CrashTail): Promise<string | undefined> {
  const pods = await webPods(lab);
  if (pods.length > 0 && pods.every((pod) => waitOf(of(pod)?.state.waiting?.message) >= seconds))
    return `${pods.length} web servers wait for ${seconds} s or longer`;
  const running = pods.filter((pod) => of(pod)?.state.running !== undefined);
  if (running.length > 0) await end(lab, running);
  return undefined;
}

/** Every web server ended again and again, and now waits although everything that it needs works. */
export function crashTailDrill(tail: CrashTail): Drill {
  const { id, title, seconds, within, of, before, after } = tail;
  return defineDrill({
    id,
    title,
    inject: async (lab) => {
      try {
        await before?.(lab);
        const uids = (await webPods(lab)).map(({ metadata }) => metadata.uid).join(' ');
        await waitFor(`a back-off of ${seconds} s on every web server`, within, () =>
          endUntilTheyWait(lab, tail),
        );
        return { cut: 'none', facts: { uids } };
      } finally {
        // Nobody undoes what was not injected whole.
        await after?.(lab);
      }
    },
    proof: async (lab) => {
      const states = (await webPods(lab)).map((pod) => of(pod)?.state.waiting?.message);
      const waiting = states.filter((message) => waitOf(message) >= seconds);
      return { proven: waiting.length === states.length, evidence: waiting[0] ?? 'nobody waits' };
    },
    expectedFindings: ['crash-loop-tail'],
    undo: async (lab, { facts }) => {
      const old = new Set((facts['uids'] ?? '').split(' '));
      const left = (await webPods(lab)).filter(({ metadata }) => old.has(metadata.uid));
      for (const { metadata } of left)
        await shopKubectl(lab, ['delete', 'pod', metadata.name, '--wait=false']);
    },
  });
}

/** The same of the web server's own process, which ends when it is told to. */
export function djangoCrashTailDrill(id: string, seconds: number, within: number): Drill {
  return crashTailDrill({
    id,
    title: `Every web server waits out a crash back-off of ${seconds} s although its database is back`,
    seconds,
    within,
    of: ({ status }) => status.containerStatuses?.[0],
    end: async (lab, pods) => {
      for (const { metadata } of pods)
        await shopKubectl(lab, ['exec', metadata.name, '--', 'python3', '-c', 'import os; os.kill(1, 15)']);
    },
  });
}
