import { shopKubectl } from './database.ts';
import { defineDrill, type Drill, type DrillLab } from './define-drill.ts';
import { waitFor } from './wait-for.ts';

const django = ['-l', 'component=django'];

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly status: {
      readonly containerStatuses?: readonly {
        readonly state: { readonly running?: object; readonly waiting?: { readonly message?: string } };
      }[];
    };
  }[];
}

async function pods(lab: DrillLab): Promise<Pods['items']> {
  return (JSON.parse(await shopKubectl(lab, ['get', 'pods', ...django, '-o', 'json'])) as Pods).items;
}

/**
 * The kubelet doubles the wait with each end: 10, 20, 40, 80, 160 s, then 300 s, and remembers it until a container has run
 * for ten minutes (kubernetes.io, Pod lifecycle, restarts).
 */
export interface CrashTail {
  readonly id: string;
  /** Shortest wait that counts. */
  readonly seconds: number;
  /** How long it takes to get there, at most, seconds. */
  readonly within: number;
}

/** The wait that the kubelet names (`back-off 1m20s restarting failed container=...`), seconds; 0 when it names none. */
function waitOf(message = ''): number {
  const [, minutes = '0', seconds = '0'] = /^back-off (?:(\d+)m)?(\d+)s/.exec(message) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

/** Ends every web server that runs; the evidence once all of them wait as long as wanted. */
async function endUntilTheyWait(lab: DrillLab, { seconds }: CrashTail): Promise<string | undefined> {
  const states = (await pods(lab)).map(({ metadata, status }) => ({
    name: metadata.name,
    state: status.containerStatuses?.[0]?.state ?? {},
  }));
  if (states.length > 0 && states.every(({ state }) => waitOf(state.waiting?.message) >= seconds))
    return `${states.length} web servers wait for ${seconds} s or longer`;
  for (const { name } of states.filter(({ state }) => state.running !== undefined))
    await shopKubectl(lab, ['exec', name, '--', 'python3', '-c', 'import os; os.kill(1, 15)']);
  return undefined;
}

/** Every web server ended again and again, and now waits although everything that it needs works. */
export function crashTailDrill(tail: CrashTail): Drill {
  const { id, seconds, within } = tail;
  return defineDrill({
    id,
    title: `Every web server waits out a crash back-off of ${seconds} s although its database is back`,
    inject: async (lab) => {
      const uids = (await pods(lab)).map(({ metadata }) => metadata.uid).join(' ');
      await waitFor(`a back-off of ${seconds} s on every web server`, within, () =>
        endUntilTheyWait(lab, tail),
      );
      return { cut: 'none', facts: { uids } };
    },
    proof: async (lab) => {
      const states = (await pods(lab)).map(
        ({ status }) => status.containerStatuses?.[0]?.state.waiting?.message,
      );
      const waiting = states.filter((message) => waitOf(message) >= seconds);
      return { proven: waiting.length === states.length, evidence: waiting[0] ?? 'nobody waits' };
    },
    expectedFindings: ['crash-loop-tail'],
    undo: async (lab, { facts }) => {
      const old = new Set((facts['uids'] ?? '').split(' '));
      const left = (await pods(lab)).filter(({ metadata }) => old.has(metadata.uid));
      for (const { metadata } of left)
        await shopKubectl(lab, ['delete', 'pod', metadata.name, '--wait=false']);
    },
  });
}
