import process from 'node:process';

import type { Listener, Pass } from '../app/run-log.ts';
import type { StoredEvent } from '../domain/journal-event.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Clock } from '../ports/clock.ts';
import { ExplainedError } from '../record/explained-error.ts';
import type { ToldBackups } from './backup-instruments.ts';
import { priorities } from './journal-entry.ts';
import { journaldLog } from './journald.ts';
import { defaultListen, parseListenAddress } from './listen-address.ts';
import { Metrics } from './metrics.ts';
import { type Health, type MetricsServer, startMetricsServer } from './metrics-server.ts';
import { traceExport } from './trace-export.ts';
import { Tracing } from './tracing.ts';

export interface TelemetryOptions {
  readonly version: string;
  /** Name of the stack, or of its cluster while that is all that is known; asked when it is needed. */
  readonly stack: () => string;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Where metrics are served, `host:port`; `off`: nowhere. Default: 127.0.0.1:19464. */
  readonly listen?: string | undefined;
  /** Whether `listen` was read from the user's own configuration: only there may stand an address that others can reach. */
  readonly isListenUsers?: boolean;
  /** The loop counts as dead when its last look ended longer ago than this, ms: a few times the pause between two looks. */
  readonly longestSilenceMs: number;
  /** Absolute path of util-linux's `logger`, found when the service was installed; undefined: there is none. */
  readonly logger?: string | undefined;
  /** What is known of the stack's backups; asked at each scrape. */
  readonly backups?: () => ToldBackups | undefined;
  /** Names the endpoint of the spans (`OTEL_EXPORTER_OTLP_ENDPOINT`). Default: this process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Takes a line when something of all this cannot be had and the journal does not get it; the agent goes on without it. */
  readonly tell: (line: string) => void;
}

/** What an always-on agent tells the outside: metrics, systemd's journal, spans. It never changes a run and never holds one up. */
export interface AgentTelemetry {
  /** For the `RunLog` of each run. */
  readonly listener: Required<Listener>;
  /** A whole look outside of a run; those of a run come through the listener. */
  readonly passed: (pass: Pass) => void;
  /** A look of any kind has ended, a visit of the front door for example, and this is what it says. */
  readonly looked: (state: Verdict['state']) => void;
  /** The stack was proven to be usable just now, by a proof that is not in the journal. */
  readonly proven: () => void;
  readonly paused: (isPaused: boolean) => void;
  /** The agent calls for a person, for this reason; undefined: it does not any more. */
  readonly needsHuman: (reason: string | undefined) => void;
  /** What the journal already holds of the cluster that this kubeconfig context leads to; once, when it is known. */
  readonly remember: (events: readonly StoredEvent[], context: string) => void;
  /** Events and lines go to systemd's journal by this: then nobody else needs to print them. */
  readonly isInJournal: boolean;
  /** Sends what is left and frees the port, within a few seconds. */
  readonly close: () => Promise<void>;
}

/** Gives what `make` makes; what it cannot have is told, and the agent goes on without it. Other errors are thrown. */
async function unlessExplained<T>(
  make: () => Promise<T | undefined>,
  tell: (line: string) => void,
): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof ExplainedError)) throw error;
    tell(error.message);
    return undefined;
  }
}

/** Whether the loop looks; before its first look it has the same time. */
function healthOf(metrics: Metrics, { clock, longestSilenceMs }: TelemetryOptions): () => Health {
  const began = clock.monotonic();
  return () => {
    const silence = metrics.sinceLook();
    const ms = silence ?? clock.monotonic() - began;
    const seconds = Math.round(ms / 1000);
    const isAlive = ms <= longestSilenceMs;
    const what = silence === undefined ? 'no look yet since the start' : 'the last look ended';
    const text = `${isAlive ? 'ok' : 'not looking'}: ${what} ${seconds} s ago (at most ${longestSilenceMs / 1000} s)`;
    return { isAlive, text };
  };
}

async function serve(metrics: Metrics, options: TelemetryOptions): Promise<MetricsServer | undefined> {
  const { listen = defaultListen, isListenUsers = false, tell } = options;
  if (listen === 'off') return undefined;
  const address = parseListenAddress(listen, isListenUsers);
  const health = healthOf(metrics, options);
  return startMetricsServer({ address, metrics: () => metrics.exposition(), health, tell });
}

/** Starts everything that tells the outside about the agent. What cannot be had is told by `tell`, and is no reason to end. */
export async function createTelemetry(options: TelemetryOptions): Promise<AgentTelemetry> {
  const { clock, stack, version, environment = process.env } = options;
  const log = journaldLog(options.logger);
  const tell = (line: string) => {
    if (log === undefined) options.tell(line);
    else log.say(line, priorities.warning);
  };
  const metrics = new Metrics(options);
  const server = await unlessExplained(() => serve(metrics, { ...options, tell }), tell);
  const exported = await unlessExplained(() => traceExport({ environment, version, tell }), tell);
  const tracing = exported === undefined ? undefined : new Tracing(exported.tracer, clock, stack);
  let called: string | undefined;
  const passed = (pass: Pass): void => {
    metrics.passed(pass);
    tracing?.passed(pass);
  };
  return {
    listener: {
      stored: (event) => {
        metrics.stored(event);
        log?.stored(event);
        tracing?.stored(event);
      },
      passed,
      said: (line) => log?.said(line),
    },
    passed,
    looked: (state) => metrics.looked(state),
    proven: () => metrics.proven(),
    paused: (isPaused) => metrics.paused(isPaused),
    needsHuman: (reason) => {
      metrics.needsHuman(reason !== undefined);
      // Asked for at each look, said once.
      if (reason !== undefined && reason !== called)
        log?.say(`needs a person: ${reason}`, priorities.warning);
      called = reason;
    },
    remember: (events, context) => metrics.remember(events, context),
    isInJournal: log !== undefined,
    close: async () => {
      tracing?.close();
      await Promise.all([server?.close(), exported?.close(), log?.close()]);
    },
  };
}
