import { loginThroughPooler } from '../../observe/collectors/poolers.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { ProbeAnswer } from '../../domain/verdict.ts';
import { answer, defineStep, type ActContext } from '../define-step.ts';
import { effectiveValues } from './apply-pooler-profile.ts';
import { onConsole, poolerOf } from './pooler-target.ts';

/** Seconds for which PgBouncer turns clients away after a failed login (pgbouncer.org/config.html). */
const retryKey = 'server_login_retry';

/** How long the nudge waits for logins before it puts the settings back, ms (measured: 0.22 s at most). */
const waitMs = 2000;

/** Two logins in a row: the first refused client is what triggers PgBouncer's next attempt. */
async function loginTwice(planned: PlannedStep, context: ActContext): Promise<boolean> {
  const { pooler, database } = await poolerOf(planned, context);
  if (database === undefined) return false;
  const first = await loginThroughPooler(context, database, pooler, planned.target.name);
  if (first.result !== 'ok') return false;
  return (await loginThroughPooler(context, database, pooler, planned.target.name)).result === 'ok';
}

async function untilLogin(planned: PlannedStep, context: ActContext): Promise<void> {
  const end = context.clock.monotonic() + waitMs;
  while (context.clock.monotonic() < end) {
    if (await loginTwice(planned, context)) return;
    await context.clock.sleep(100, context.signal);
  }
}

/** Whether the 0 of a nudge that was cut off is gone. A login proves nothing here: with 0 in force everybody is let in. */
async function fileIsInForce(planned: PlannedStep, context: ActContext): Promise<ProbeAnswer> {
  const value = (await effectiveValues(planned, context))[retryKey] ?? 'unknown';
  return value === '0'
    ? answer(context, false, `SHOW CONFIG still shows ${retryKey} = 0: its file has it so, or cannot be read`)
    : answer(context, value !== 'unknown', `SHOW CONFIG shows ${retryKey} = ${value}`);
}

/**
 * Ends PgBouncer's ban after a failed login: SET server_login_retry=0 lets it try at once, RECONNECT leaves a
 * demoted server, RELOAD puts the file's value back, whatever happens in between.
 */
export const nudgePooler = defineStep({
  name: 'nudge-pooler',
  proofMs: 5000,
  precondition: async () => undefined,
  run: async (planned, context) => {
    const { pooler } = await poolerOf(planned, context);
    if (planned.parameters['only'] === 'reload') {
      await onConsole(context, pooler, planned.target.name, ['RELOAD']);
      return 'RELOAD';
    }
    try {
      await onConsole(context, pooler, planned.target.name, [`SET ${retryKey} = 0`, 'RECONNECT']);
      await untilLogin(planned, context);
    } finally {
      await onConsole(context, pooler, planned.target.name, ['RELOAD']);
    }
    return `SET ${retryKey} = 0; RECONNECT; RELOAD`;
  },
  probe: async (planned, context) => {
    if (planned.parameters['only'] === 'reload') return fileIsInForce(planned, context);
    const ok = await loginTwice(planned, context);
    return answer(context, ok, ok ? "the app's user logged in twice" : "the app's user is turned away");
  },
});
