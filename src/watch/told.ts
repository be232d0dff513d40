import type { Listener } from '../app/run-log.ts';
import type { AgentState } from '../domain/agent-state.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { AgentTelemetry } from '../telemetry/index.ts';

const verdicts: Readonly<Record<NonNullable<AgentState['health']>, Verdict['state']>> = {
  usable: 'healthy',
  broken: 'broken',
  settling: 'settling',
  unknown: 'unknown',
};

/** Tells the telemetry how the agent is, each time it shows itself. */
export function telling(telemetry: AgentTelemetry): (state: AgentState) => void {
  let provenAt: number | undefined;
  return ({ state, health, sentence, provenAt: at }) => {
    if (health !== undefined) telemetry.looked(verdicts[health]);
    telemetry.paused(state === 'paused');
    telemetry.needsHuman(state === 'needs-human' ? sentence : undefined);
    if (at !== undefined && at !== provenAt) telemetry.proven();
    provenAt = at;
  };
}

/** Everything that happens goes to the telemetry; and to `shown` unless systemd's journal has it already. */
export function heardByAll(
  telemetry: AgentTelemetry,
  shown: Required<Pick<Listener, 'stored' | 'said'>>,
): Listener {
  const { listener, isInJournal } = telemetry;
  if (isInJournal) return listener;
  return {
    stored: (event) => {
      listener.stored(event);
      shown.stored(event);
    },
    passed: listener.passed,
    said: (line) => {
      listener.said(line);
      shown.said(line);
    },
  };
}
