import process from 'node:process';

/** What is asked of the manager (org.freedesktop.systemd1(5)). */
export const unitProperties = [
  'LoadState',
  'UnitFileState',
  'ActiveState',
  'SubState',
  'StatusText',
  'MainPID',
  'NRestarts',
  'Result',
  'ExecMainStatus',
  'ActiveEnterTimestampMonotonic',
  'InactiveEnterTimestampMonotonic',
  'WatchdogUSec',
  'WatchdogTimestampMonotonic',
  'NeedDaemonReload',
  'DropInPaths',
] as const;

/** A unit as its manager sees it now. */
export interface UnitState {
  /** `loaded`; otherwise the manager does not know the unit, or cannot read it. */
  readonly load: string;
  readonly enabled: boolean;
  /** `active`, `activating`, `failed`, `inactive`, … */
  readonly active: string;
  /** `running`, `auto-restart`, `dead`, … */
  readonly sub: string;
  /** What the agent said of itself last. */
  readonly status: string;
  /** 0: it does not run. */
  readonly pid: number;
  /** Restarts since somebody started it by hand. */
  readonly restarts: number;
  /** `success`, or how it failed: `exit-code`, `signal`, `watchdog`, `start-limit-hit`, … */
  readonly result: string;
  readonly exitStatus: number;
  /** Since when it is as it is, ms since the epoch; undefined: it never was otherwise. */
  readonly since: number | undefined;
  /** How often the manager wants a sign of life, s; undefined: it does not. */
  readonly watchdogSeconds: number | undefined;
  /** The last sign of life, ms since the epoch. */
  readonly aliveAt: number | undefined;
  /** The file was changed and the manager has not read it anew. */
  readonly isStale: boolean;
  /** Additions to the unit that somebody made. */
  readonly dropIns: readonly string[];
}

/** Microseconds of CLOCK_MONOTONIC (systemd's, and Node's high-resolution clock on Linux) as ms since the epoch. */
function wallTime(micros: number, now: number, monotonic: bigint): number | undefined {
  return micros > 0 ? Math.round(now - (Number(monotonic) / 1000 - micros) / 1000) : undefined;
}

const seconds: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 };

/** A time span as systemd prints it (systemd.time(7)), `1min 30s`, in seconds; undefined for none. */
export function spanSeconds(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(us|ms|min|s|h|d)\b/g)];
  const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (seconds[unit ?? ''] ?? 0), 0);
  return total > 0 ? total : undefined;
}

/** The state from what `systemctl show` prints. */
export function parseUnitState(
  shown: string,
  now: number = Date.now(),
  monotonic: bigint = process.hrtime.bigint(),
): UnitState {
  const lines = shown.split('\n').filter((line) => line.includes('='));
  const found = new Map(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const get = (name: (typeof unitProperties)[number]) => found.get(name) ?? '';
  const at = (name: (typeof unitProperties)[number]) => wallTime(Number(get(name)), now, monotonic);
  const active = get('ActiveState');
  return {
    load: get('LoadState'),
    enabled: get('UnitFileState') === 'enabled',
    active,
    sub: get('SubState'),
    status: get('StatusText'),
    pid: Number(get('MainPID')),
    restarts: Number(get('NRestarts')),
    result: get('Result'),
    exitStatus: Number(get('ExecMainStatus')),
    since: at(active === 'active' ? 'ActiveEnterTimestampMonotonic' : 'InactiveEnterTimestampMonotonic'),
    watchdogSeconds: spanSeconds(get('WatchdogUSec')),
    aliveAt: at('WatchdogTimestampMonotonic'),
    isStale: get('NeedDaemonReload') === 'yes',
    dropIns: get('DropInPaths').split(' ').filter(Boolean),
  };
}
