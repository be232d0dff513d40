import { expect, test } from 'vitest';

import { parseUnitState, spanSeconds } from './unit-state.ts';

test('what systemctl shows of a running agent', () => {
  const shown = `Type=notify
MainPID=364
NRestarts=2
Result=success
ExecMainStatus=0
StatusText=Usable; a = b.
WatchdogUSec=30s
WatchdogTimestampMonotonic=99000000
LoadState=loaded
ActiveState=active
SubState=running
UnitFileState=enabled
ActiveEnterTimestampMonotonic=40000000
InactiveEnterTimestampMonotonic=0
NeedDaemonReload=no
DropInPaths=/etc/systemd/system/rekindle.service.d/a.conf /etc/systemd/system/rekindle.service.d/b.conf
`;
  expect(parseUnitState(shown, 1_000_000, 100_000_000_000n)).toEqual({
    load: 'loaded',
    enabled: true,
    active: 'active',
    sub: 'running',
    status: 'Usable; a = b.',
    pid: 364,
    restarts: 2,
    result: 'success',
    exitStatus: 0,
    since: 940_000,
    watchdogSeconds: 30,
    aliveAt: 999_000,
    isStale: false,
    dropIns: [
      '/etc/systemd/system/rekindle.service.d/a.conf',
      '/etc/systemd/system/rekindle.service.d/b.conf',
    ],
  });
});

test('one that systemd has given up', () => {
  const shown = `NRestarts=30
Result=exit-code
ExecMainStatus=3
ActiveState=failed
SubState=failed
UnitFileState=disabled
InactiveEnterTimestampMonotonic=50000000
WatchdogUSec=0
NeedDaemonReload=yes`;
  expect(parseUnitState(shown, 1_000_000, 100_000_000_000n)).toMatchObject({
    enabled: false,
    active: 'failed',
    since: 950_000,
    watchdogSeconds: undefined,
    aliveAt: undefined,
    isStale: true,
    dropIns: [],
  });
});

test.for([
  ['30s', 30],
  ['1min 30s', 90],
  ['2h 5min', 7500],
  ['1d', 86_400],
  ['500ms', 0.5],
  ['0', undefined],
  ['infinity', undefined],
] as const)('%s is %j s', ([text, seconds]) => {
  expect(spanSeconds(text)).toBe(seconds);
});
