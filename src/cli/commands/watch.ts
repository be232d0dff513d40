import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';

import { readAgentFile } from '../../agent-file/read.ts';
import type { AgentFile } from '../../agent-file/schema.ts';
import { bootId } from '../../app/boot-id.ts';
import { systemClock } from '../../app/clock.ts';
import type { Listener } from '../../app/run-log.ts';
import { notifiersOf } from '../../app/wire-notifiers.ts';
import { openJournal, readInputs } from '../../app/wire.ts';
import type { AgentState } from '../../domain/agent-state.ts';
import type { JournalEvent, StoredEvent } from '../../domain/journal-event.ts';
import type { JournalCluster } from '../../ports/journal-store.ts';
import type { Notice } from '../../ports/notifier.ts';
import { readAgentStates, writeAgentState } from '../../record/agent-state-file.ts';
import { causeText } from '../../record/explained-error.ts';
import { agentStatePath, stateDirectory } from '../../record/paths.ts';
import type { KnownBackups } from '../../report/backup-text.ts';
import { eventText } from '../../report/text.ts';
import { keptAlive } from '../../service/kept-alive.ts';
import { sdNotify } from '../../service/notify.ts';
import { knownBackups } from '../../service/schedule/schedule-status.ts';
import { systemTool } from '../../service/tools.ts';
import { createTelemetry } from '../../telemetry/index.ts';
import { Agent } from '../../watch/agent.ts';
import { restraintOf, settingsOf } from '../../watch/agent-settings.ts';
import { tellAll } from '../../watch/tell-all.ts';
import { heardByAll, telling } from '../../watch/told.ts';
import { Triggers } from '../../watch/triggers.ts';
import { SessionWorkplace, type WatchSession } from '../../watch/workplace.ts';
import { becomeAgent } from '../agent-lock.ts';
import { tell, tellEvent } from '../answer.ts';
import { exitCodes } from '../exit-code.ts';
import { holdingLock } from '../holding-lock.ts';
import type { CommonOptions } from '../options.ts';
import { version } from '../process.ts';
import { openSession } from '../session.ts';

/** How long one attempt to begin waits for an engine that is still starting, ms; then the agent shows that it is alive. */
const engineMs = 20_000;

/** A status that does not change is written again after this time, ms. */
const stateEveryMs = 60_000;

/** The agent visits, looks or passes at least every half minute; without any of it for this long its loop is dead, ms. */
const silentMs = 300_000;

/** So many of the newest events are counted into the metrics when the agent begins. */
const rememberedEvents = 2000;

/** Shows what happens: a line for people, or with `--json` one JSON document a line. */
function printer({ json, verbose }: CommonOptions): Required<Pick<Listener, 'stored' | 'said'>> {
  const stored = (event: StoredEvent): void => {
    if (json === true) return tellEvent(event);
    const text = eventText(event);
    const isDetail = event.type === 'write-verified' || event.type === 'finding-opened';
    if (text !== '' && (verbose === true || !isDetail)) tell(text);
  };
  return { stored, said: tell };
}

/** Keeps the file that says how the agent is. */
function stateWriter(pid: number): (state: AgentState, target: { cluster: string; context: string }) => void {
  let last = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  return (state, { cluster, context }) => {
    const text = JSON.stringify({ ...state, context });
    const now = systemClock.monotonic();
    if (text === last && now - lastAt < stateEveryMs) return;
    last = text;
    lastAt = now;
    const at = systemClock.now();
    writeAgentState(agentStatePath(cluster), { ...state, pid, version: version(), context, at });
  };
}

/** The cluster that an agent watched last through this context; without one, the only one that there is. */
function lastWatched(context: string | undefined): JournalCluster | undefined {
  const known = readAgentStates(stateDirectory()).map(({ cluster, state }) => ({
    cluster,
    context: state.context,
  }));
  if (context === undefined) return known.length === 1 ? known[0] : undefined;
  return known.findLast((target) => target.context === context);
}

/** What is known of the backups of a stack; what cannot be read is told once. */
function backupsKnown(): (session: Pick<WatchSession, 'context' | 'target'>) => KnownBackups | undefined {
  let told = '';
  return ({ context: { stack }, target: { context } }) => {
    try {
      const of = { context, stack: stack.name, namespace: stack.namespace };
      return knownBackups(of, userInfo().username);
    } catch (error) {
      if (told !== causeText(error)) tell(`what is known of the backups cannot be read: ${causeText(error)}`);
      told = causeText(error);
      return undefined;
    }
  };
}

/** `rekindle watch`: brings the stack back after a boot, then stays and brings it back whenever it breaks. Ends with 0. */
export async function watchCommand(options: CommonOptions, signal: AbortSignal): Promise<number> {
  const file: Partial<AgentFile> = readAgentFile() ?? {};
  // A mistake in any input is told at once and not after minutes of waiting for an engine.
  readInputs({ ...options, signal }).store.close();
  const settings = settingsOf(file);
  const journal = openJournal(options.journal);
  const backups = backupsKnown();
  let target: WatchSession['target'] | undefined;
  /** What is known of the stack grows after a boot, so it is asked each time. */
  let watched: Pick<WatchSession, 'context' | 'target'> | undefined;
  const telemetry = await createTelemetry({
    version: version(),
    stack: () => workplace.name,
    clock: systemClock,
    listen: file.metrics?.address,
    isListenUsers: file.metrics !== undefined,
    longestSilenceMs: silentMs,
    logger: systemTool('logger'),
    backups: () => (watched === undefined ? undefined : backups(watched)),
    tell,
  });
  const listener = heardByAll(telemetry, printer(options));
  const tellTelemetry = telling(telemetry);
  const triggers = new Triggers(systemClock);
  const run = randomUUID();
  const record = (event: JournalEvent): void => listener.stored?.(journal.append(event, systemClock.now()));
  const supervisor = keptAlive(sdNotify({ lost: tell }), { longestRestMs: settings.visitEveryMs });
  const notifiers = notifiersOf(file);
  const writeState = stateWriter(process.pid);
  let leave: (() => void) | undefined;

  const open = async (): Promise<WatchSession> => {
    const session = await openSession({ ...options, timeout: engineMs }, signal, true, {
      ...listener,
      end: () => undefined,
    });
    try {
      watched = session;
      if (target?.cluster !== session.target.cluster) {
        leave?.();
        leave = becomeAgent(session.target.cluster);
        ({ target } = session);
        telemetry.remember(session.store.events({ last: rememberedEvents }), target.context);
        record({ type: 'agent-started', run, context: target.context, version: version() });
      }
      return session;
    } catch (error) {
      session.close();
      throw error;
    }
  };
  const workplace = new SessionWorkplace({
    clock: systemClock,
    version: version(),
    open,
    journal,
    record,
    run,
    boot: bootId(),
    lastWatched: () => lastWatched(options.context),
    holding: (locked, work) => holdingLock(locked, 'rekindle watch', work),
    listener,
    restraint: restraintOf(file),
    recoveryMs: settings.recoveryMs,
    poke: triggers.poke,
    alive: () => supervisor.watchdog(),
  });
  const agent = new Agent({
    clock: systemClock,
    signal,
    workplace,
    triggers,
    supervisor,
    settings,
    run,
    record,
    notify: (notice: Notice) => tellAll(notifiers, notice, tell),
    show: (state) => {
      tellTelemetry(state);
      if (target !== undefined) writeState(state, target);
    },
  });
  try {
    await agent.run();
    record({ type: 'agent-stopped', run, reason: causeText(signal.reason) });
    return exitCodes.healthy;
  } finally {
    await workplace.close();
    leave?.();
    journal.close();
    await telemetry.close();
  }
}
