import process from 'node:process';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

import { steps } from '../act/steps/index.ts';
import { guards } from '../plan/guards/index.ts';
import { backupInstruments, tellBackups } from './backup-instruments.ts';

/** Upper bounds, seconds: close together where the measured recoveries lie (README, power cuts: half under 33 s, all under 53 s). */
const recoveryBuckets = [1, 2, 5, 10, 15, 20, 25, 30, 35, 40, 50, 60, 90, 120, 240, 600];

/** What `Verdict.state` may be. */
export const states = ['healthy', 'broken', 'settling', 'unknown'] as const;

/** How an action can end, as `step-acted` and `step-verified` say it: only of one that was done is a proof asked for. */
const endings = [
  { acted: 'done', verified: 'yes' },
  { acted: 'done', verified: 'no' },
  { acted: 'done', verified: 'unknown' },
  { acted: 'failed', verified: 'unknown' },
  { acted: 'unknown', verified: 'unknown' },
] as const;

/** What changes with each look, and what changes only when something is done: most of the text, made anew only then. */
export interface Registries {
  readonly current: Registry;
  readonly counted: Registry;
}

/**
 * What Prometheus is told, named after prometheus.io/docs/practices/naming. Labels are steps, guards, faults and layers,
 * never a pod, a run or a message: their number is that of this program's parts.
 */
export function instruments({ current, counted }: Registries) {
  const registers = [current];
  const made = {
    build: new Gauge({
      name: 'rekindle_build_info',
      help: 'Always 1; the version of the agent is a label.',
      labelNames: ['version'] as const,
      registers,
    }),
    usable: new Gauge({
      name: 'rekindle_stack_usable',
      help: 'Whether the stack is usable: 1 yes, 0 no, NaN could not tell.',
      registers,
    }),
    state: new Gauge({
      name: 'rekindle_stack_state',
      help: 'What the last look says of the stack: 1 for the one state that holds, 0 for the others.',
      labelNames: ['state'] as const,
      registers,
    }),
    findings: new Gauge({
      name: 'rekindle_findings',
      help: 'Findings of the last look, by fault, by layer of the stack, and by kind (broken, settling, unknown, notice).',
      labelNames: ['fault', 'layer', 'kind'] as const,
      registers,
    }),
    actions: new Counter({
      name: 'rekindle_actions_total',
      help: 'Actions, by step, by whether it was done (done, failed, unknown), and by what its own proof said (yes, no, unknown).',
      labelNames: ['step', 'acted', 'verified'] as const,
      registers: [counted],
    }),
    refusals: new Counter({
      name: 'rekindle_refusals_total',
      help: 'Steps that were not done although a finding called for them, by the guard that objected.',
      labelNames: ['guard', 'step'] as const,
      registers: [counted],
    }),
    recovery: new Histogram({
      name: 'rekindle_recovery_seconds',
      help: 'Time from the beginning of a recovery until the stack was usable, or until it was given up, by outcome.',
      labelNames: ['outcome'] as const,
      buckets: recoveryBuckets,
      registers: [counted],
    }),
    lastRecoverySeconds: new Gauge({
      name: 'rekindle_last_recovery_seconds',
      help: 'How long the last successful recovery took; NaN when none is known.',
      registers,
    }),
    lastRecoveryAt: new Gauge({
      name: 'rekindle_last_recovery_timestamp_seconds',
      help: 'When the last successful recovery ended, in seconds since the epoch; 0 when none is known.',
      registers,
    }),
    lastProofAt: new Gauge({
      name: 'rekindle_last_proof_timestamp_seconds',
      help: 'When the stack was last proven to be usable through its front door, in seconds since the epoch; 0 for never.',
      registers,
    }),
    lastLookAt: new Gauge({
      name: 'rekindle_last_look_timestamp_seconds',
      help: 'When the agent last looked at the stack, in seconds since the epoch; 0 when it has not yet.',
      registers,
    }),
    needsHuman: new Gauge({
      name: 'rekindle_needs_human',
      help: 'How many things wait for a person; 0 when none does.',
      registers,
    }),
    paused: new Gauge({
      name: 'rekindle_paused',
      help: '1 while the agent only looks because it was told to pause, else 0.',
      registers,
    }),
    backups: backupInstruments(registers),
  };
  addProcess(current);
  beginAtZero(made);
  return made;
}

export type Instruments = ReturnType<typeof instruments>;

/**
 * A counter that appears with its first event has not increased by one for Prometheus: series start at 0
 * (prometheus.io/docs/practices/instrumentation, "Avoid missing metrics").
 */
function beginAtZero({ usable, lastRecoverySeconds, backups, ...made }: Instruments): void {
  for (const step of Object.keys(steps)) {
    for (const ending of endings) made.actions.inc({ step, ...ending }, 0);
    for (const guard of guards) made.refusals.inc({ guard: guard.id, step }, 0);
  }
  for (const outcome of states) made.recovery.zero({ outcome });
  usable.set(Number.NaN);
  lastRecoverySeconds.set(Number.NaN);
  tellBackups(backups, undefined);
  for (const state of states) made.state.set({ state }, state === 'unknown' ? 1 : 0);
}

/**
 * What the agent itself takes, under the names that every client library of Prometheus uses (prometheus.io/docs/instrumenting/writing_clientlibs,
 * "Process metrics"). The rest of the library's own collection would cost more than the agent: it watches the event loop.
 */
function addProcess(registry: Registry): void {
  const registers = [registry];
  const counter = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  const memory = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  const start = new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start time of the process since unix epoch in seconds.',
    registers,
  });
  start.set(Date.now() / 1000 - process.uptime());
  void [counter, memory];
}
