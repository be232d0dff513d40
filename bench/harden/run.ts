import os from 'node:os';

import { timeStamp } from '../../src/domain/time-stamp.ts';
import { shopKubectl } from '../../src/drills/database.ts';
import type { Drill, DrillLab } from '../../src/drills/define-drill.ts';
import { plainCut } from '../../src/drills/plain-cut.ts';
import type { CodeState } from '../code-state.ts';
import { backOffSeconds, watchPods, type PodWatch } from '../rig/pod-watch.ts';
import { runRecovery, type Recovery } from '../rig/recovery.ts';
import { runHarden } from '../rig/rekindle-harden.ts';
import { startRekindle } from '../rig/rekindle-up.ts';
import type { RigLab } from '../rig/rig-lab.ts';
import { waitUntilSettled } from '../rig/settled.ts';
import type { Tell } from '../rig/stages.ts';
import type { NextRun } from './agenda.ts';
import type { Arm, HardenRow } from './row.ts';

/** Acknowledged orders that every run has before the cut. */
const orders = 500;

/** A recovery that takes longer is none, seconds; as in results/power-cut.json. */
const limitSeconds = 240;

/** Pods get so long to become ready after that, seconds: what they still wait out is counted. */
const settleSeconds = 120;

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly uid: string };
    readonly status: {
      readonly containerStatuses?: readonly { readonly restartCount: number }[];
      readonly initContainerStatuses?: readonly { readonly restartCount: number }[];
    };
  }[];
}

/** Starts of the containers of each pod so far, by its name and uid. */
type Starts = ReadonlyMap<
  string,
  { readonly pod: string; readonly containers: number; readonly restarts: number }
>;

async function startsOf(lab: DrillLab): Promise<Starts> {
  const { items } = JSON.parse(await shopKubectl(lab, ['get', 'pods', '-o', 'json'])) as PodList;
  return new Map(
    items.map(({ metadata: { name: pod, uid }, status }) => {
      const all = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
      const restarts = all.reduce((sum, { restartCount }) => sum + restartCount, 0);
      return [uid, { pod, containers: all.length, restarts }];
    }),
  );
}

/** The kubelet counts the first start after the boot as well, once for each container and each init container. */
function restartsSince(before: Starts, after: Starts): ReadonlyMap<string, number> {
  return new Map(
    [...after].map(([uid, { pod, containers, restarts }]) => {
      const old = before.get(uid);
      return [pod, old === undefined ? restarts : Math.max(0, restarts - old.restarts - containers)];
    }),
  );
}

/** The plain cut, with a look at the pods right before it and when it is over. */
function watchedCut(lab: RigLab) {
  let before: Starts = new Map();
  let after: Starts = new Map();
  let watch: PodWatch | undefined;
  let endedAt = 0;
  const drill: Drill = {
    ...plainCut,
    inject: async (target, context) => {
      before = await startsOf(target);
      watch = watchPods(lab);
      return plainCut.inject(target, context);
    },
    // Called when the recovery is over, and before anybody mends what did not recover.
    undo: async (target, injection) => {
      try {
        await waitUntilSettled(target, settleSeconds);
      } catch {
        // What is not ready by then is what the row shows.
      }
      after = await startsOf(target);
      endedAt = Date.now();
      await watch?.stop();
      await plainCut.undo(target, injection);
    },
  };
  const pods = (): HardenRow['pods'] => {
    const waited = backOffSeconds(watch?.sightings ?? [], endedAt);
    return [...restartsSince(before, after)].map(([pod, restarts]) => ({
      pod,
      restarts,
      backOffSeconds: waited[pod] ?? 0,
    }));
  };
  return { drill, pods, sightings: () => watch?.sightings ?? [] };
}

/** Brings the stack into this arm; harmless when it is there. Resolves with the measures that are applied. Throws with what went wrong. */
async function intoArm(lab: RigLab, arm: Arm): Promise<readonly string[]> {
  // Nobody helped after the cut before: poolers without the profile of the stack file are a stack that is not healthy yet. And
  // a healthy end after a boot measures how long the components take to start, which startup probes are sized by.
  await startRekindle(lab).result();
  const { exitCode, report, stderr } = await runHarden(lab, [arm === 'hardened' ? '--apply' : '--undo']);
  const open = report?.results.filter(({ outcome }) => outcome !== 'done' && outcome !== 'refused') ?? [];
  if (report === undefined || open.length > 0)
    throw new Error(`rekindle harden ended with ${exitCode}: ${JSON.stringify(open)} ${stderr.trim()}`);
  const shown = await runHarden(lab);
  const applied = (shown.report?.measures ?? [])
    .filter(({ state }) => state === 'applied')
    .map(({ id }) => id);
  const isThere = arm === 'hardened' ? applied.length > 0 : applied.length === 0;
  const said = report.results.map(({ target, detail }) => `${target}: ${detail}`).join('; ');
  if (!isThere) throw new Error(`the stack is not ${arm}; applied: ${applied.join(', ')}; ${said}`);
  return applied;
}

export interface RunSurroundings {
  readonly state: CodeState;
  readonly tell: Tell;
  /** Keeps the raw log under that name; says where, and its digest. */
  readonly keepLog: (name: string, text: string) => Promise<HardenRow['log']>;
}

function measured({ seconds, ledger, injection, proof }: Recovery) {
  return {
    seconds: seconds ?? null,
    limitSeconds,
    acknowledged: ledger.acknowledged,
    unknown: ledger.unknown,
    lost: ledger.lost.length,
    duplicated: ledger.duplicated.length,
    cut: injection.cut,
    proof: proof.evidence,
  };
}

/** One cut in one arm, with nobody helping. Throws when it says nothing (see `runRecovery`). */
export async function runHardenCut(
  lab: RigLab,
  { arm, seed }: NextRun,
  { state, tell, keepLog }: RunSurroundings,
): Promise<HardenRow> {
  tell(`bringing the stack into the arm ${arm}`, 120);
  const measures = await intoArm(lab, arm);
  const startedAt = new Date();
  const load = os.loadavg();
  const { drill, pods, sightings } = watchedCut(lab);
  const recovery = await runRecovery(lab, { drill, arm: 'nobody', seed, orders, limitSeconds, tell });
  const seen = pods();
  const id = `harden-${arm}-${timeStamp(startedAt.getTime())}`;
  const watched = sightings().map((entry) => `${JSON.stringify(entry)}\n`);
  return {
    id,
    arm,
    measures: [...measures],
    ...measured(recovery),
    pods: seen,
    restarts: seen.reduce((sum, { restarts }) => sum + restarts, 0),
    backOffSeconds: seen.reduce((sum, pod) => sum + pod.backOffSeconds, 0),
    ...state,
    machine: { cpus: os.cpus().length, memory: os.totalmem(), kernel: os.release(), backend: lab.backend },
    load,
    startedAt: startedAt.toISOString(),
    seed,
    log: await keepLog(id, `${recovery.raw}== pods\n${watched.join('')}`),
  };
}
