import { backupDue, type BackupState } from '../../domain/backup-state.ts';
import type { Looked } from '../../domain/looked.ts';
import { ago, dateTime } from '../../domain/time-stamp.ts';
import { backupTexts } from '../../report/backup-text.ts';
import type { Grade } from '../status-text.ts';
import type { ScheduleStatus, ScheduleUnits } from './schedule-status.ts';

const lookedText = <T>(looked: Looked<T>, text: (value: T) => string): string =>
  looked.looked ? text(looked.value) : `could not look: ${looked.why}`;

/** How long until then, in the largest unit that fits. */
function until(at: number, now: number): string {
  const minutes = Math.max(0, Math.round((at - now) / 60_000));
  return minutes < 120 ? `in ${minutes} min` : `in ${Math.round(minutes / 60)} h`;
}

function timerText({ isEnabled, isActive, isRunning, nextAt }: ScheduleUnits, now: number): string {
  if (isRunning) return 'a backup is being made now';
  if (!isActive)
    return 'NOT active: no backup will be made. Install it again: rekindle backup schedule install';
  const next =
    nextAt === undefined ? 'no next time is known' : `next ${dateTime(nextAt)} (${until(nextAt, now)})`;
  return isEnabled ? next : `${next}; NOT enabled: it is gone after a boot`;
}

const size = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function stateRows(
  { schedule }: ScheduleStatus,
  state: BackupState,
  now: number,
): readonly [string, string][] {
  const { stored, context, place } = state;
  return [
    ['stack', `${state.stack} (${context}) in ${place}`],
    [
      'last',
      stored === undefined
        ? 'none was stored yet'
        : `${ago(now - stored.at)}: ${stored.id}, ${size(stored.bytes)} in ${stored.seconds.toFixed(0)} s`,
    ],
    ['proof', backupTexts({ state, schedule }, now).join('\n             ')],
  ];
}

/** One screen. */
export function scheduleText(status: ScheduleStatus, now: number): string {
  const { scope, record, units, objections, states, file } = status;
  const as = scope === 'system' ? `system units, run as ${record?.account ?? 'whom they say'}` : 'user units';
  const rows: readonly (readonly [string, string])[] = [
    ...(states.looked
      ? states.value.length === 0
        ? [['last', 'no attempt yet'] as const]
        : states.value.flatMap((state) => stateRows(status, state, now))
      : [['last', `could not look: ${states.why}`] as const]),
    [
      'last run',
      lookedText(units, ({ lastAt, result, exitStatus }) =>
        lastAt === undefined
          ? 'none by the timer yet'
          : `${ago(now - lastAt)}: ${result === 'success' ? 'well' : `${result} (exit code ${exitStatus})`}`,
      ),
    ],
    [
      'files',
      lookedText(objections, (found) =>
        found.length === 0 ? 'as installed, and nobody else can change them' : found.join('\n             '),
      ),
    ],
    ['units', file],
  ];
  const head = `backups (${as}): ${lookedText(units, (found) => timerText(found, now))}`;
  return [head, ...rows.map(([name, text]) => `  ${name.padEnd(11)}${text}`)].join('\n');
}

/** Whether there is something for a person to do. Pure. */
export function scheduleGrade({ units, objections, states, schedule }: ScheduleStatus, now: number): Grade {
  if (!units.looked) return 'could-not-look';
  const isOverdue = (state: BackupState): boolean =>
    schedule !== undefined && now > backupDue(state.proven, schedule);
  const isWell =
    units.value.isEnabled &&
    units.value.isActive &&
    (units.value.isRunning || units.value.result === 'success') &&
    (!objections.looked || objections.value.length === 0) &&
    (!states.looked || states.value.every((state) => state.outcome === 'proven' && !isOverdue(state)));
  if (!isWell) return 'not-well';
  return objections.looked && states.looked ? 'well' : 'could-not-look';
}
