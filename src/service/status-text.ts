import type { Looked } from '../domain/looked.ts';
import { plainLine } from '../domain/plain-text.ts';
import { ago, dateTime } from '../domain/time-stamp.ts';
import type { AgentHistory } from './journal-look.ts';
import type { ServiceStatus } from './status.ts';
import type { UnitState } from './unit-state.ts';
import { unitName } from './units/systemd-unit.ts';

/** What is to be read off the exit code: all is well, something is not, or the unit could not be looked at. */
export type Grade = 'well' | 'not-well' | 'could-not-look';

/** One screen has two lines for it, characters. */
const longestSentence = 200;

function timeAndAge(at: number | undefined, now: number, never: string): string {
  return at === undefined ? never : `${dateTime(at)} (${ago(now - at)})`;
}

const sudo = (scope: ServiceStatus['scope']) => (scope === 'system' ? 'sudo systemctl' : 'systemctl --user');

/** With Restart=always a unit is `failed` only after systemd has given up starting it. */
function activeText(
  { active, sub, since, result, exitStatus, restarts }: UnitState,
  status: ServiceStatus,
): string {
  if (active === 'active') return `active${since === undefined ? '' : ` since ${dateTime(since)}`}`;
  const end = result === 'exit-code' ? `exit code ${exitStatus}` : result;
  const start = `${sudo(status.scope)} reset-failed ${unitName}; ${sudo(status.scope)} start ${unitName}`;
  if (active === 'failed')
    return (
      `failed (${end}): systemd gave up after ${restarts} restarts and will not start it again by itself. ` +
      `See why: rekindle service logs. Then: ${start}`
    );
  if (sub === 'auto-restart') return `ended (${end}) and will be started again in a moment`;
  return `${active} (${sub}). Start it: ${sudo(status.scope)} start ${unitName}`;
}

function lookedText<T>(looked: Looked<T>, text: (value: T) => string): string {
  return looked.looked ? text(looked.value) : `could not look: ${looked.why}`;
}

function agentLine({ agent }: AgentHistory, unit: Looked<UnitState>, now: number): string {
  if (agent === undefined) {
    const said = unit.looked ? unit.value.status : '';
    return said === '' ? 'it has not said anything yet' : plainLine(said, longestSentence);
  }
  return `${agent.state}, said ${ago(now - agent.at)}: ${plainLine(agent.sentence, longestSentence)}`;
}

function watchdogLine({ watchdogSeconds, aliveAt, restarts }: UnitState, now: number): string {
  const restarted = `${restarts} since it was started by hand`;
  if (watchdogSeconds === undefined) return `${restarted}; no watchdog`;
  const life = aliveAt === undefined ? 'no sign of life yet' : `last sign of life ${ago(now - aliveAt)}`;
  return `${restarted}; ended when silent for ${watchdogSeconds} s, ${life}`;
}

function filesLine(objections: readonly string[], version: string | undefined): string {
  return objections.length === 0
    ? `as installed by rekindle ${version ?? ''}, and nobody else can change them`
    : objections.join('\n             ');
}

function unitLine({ isStale, dropIns }: UnitState, { file, scope }: ServiceStatus): string {
  const additions = dropIns.length === 0 ? '' : `, with ${dropIns.join(', ')}`;
  return `${file}${additions}${isStale ? `; it was changed since: ${sudo(scope)} daemon-reload` : ''}`;
}

/** One screen. */
export function statusText(status: ServiceStatus, now: number): string {
  const { scope, record, unit, objections, history } = status;
  const as = scope === 'system' ? `system unit, runs as ${record?.account ?? 'whom it says'}` : 'user unit';
  const state = lookedText(
    unit,
    (found) =>
      `${activeText(found, status)}${found.enabled ? '' : '; NOT enabled: it will not start at a boot'}`,
  );
  const rows: readonly (readonly [string, string])[] = [
    ['agent', lookedText(history, (found) => agentLine(found, unit, now))],
    ['last proof', lookedText(history, ({ provenAt }) => timeAndAge(provenAt, now, 'none yet'))],
    ['restarts', lookedText(unit, (found) => watchdogLine(found, now))],
    ['files', lookedText(objections, (found) => filesLine(found, record?.version))],
    ['unit', lookedText(unit, (found) => unitLine(found, status))],
  ];
  return [`${unitName} (${as}): ${state}`, ...rows.map(([name, text]) => `  ${name.padEnd(11)}${text}`)].join(
    '\n',
  );
}

/** Trouble is ordinary for so long, ms: a boot, a web server that takes minutes, one recovery. */
const ordinaryTroubleMs = 900_000;

function isTrouble({ agent }: AgentHistory, now: number): boolean {
  if (agent === undefined) return false;
  const { state, since } = agent;
  return state === 'needs-human' || (state === 'trouble' && now - since > ordinaryTroubleMs);
}

/** An agent that found no engine and no cluster so far writes no state: after a while nobody knows how the stack is. */
function isHeard(history: Looked<AgentHistory>, { since }: UnitState, now: number): boolean {
  if (!history.looked) return false;
  return history.value.agent !== undefined || now - (since ?? now) < ordinaryTroubleMs;
}

/** Whether there is something for a person to do. */
export function gradeOf({ unit, objections, history }: ServiceStatus, now: number): Grade {
  if (!unit.looked) return 'could-not-look';
  const isWell =
    unit.value.active === 'active' &&
    unit.value.enabled &&
    (!objections.looked || objections.value.length === 0) &&
    !(history.looked && isTrouble(history.value, now));
  if (!isWell) return 'not-well';
  return objections.looked && isHeard(history, unit.value, now) ? 'well' : 'could-not-look';
}
