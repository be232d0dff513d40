import process from 'node:process';
import { expect, test } from 'vitest';

import { serviceSpec } from '../../../test/fakes/service-spec.ts';
import type { ScheduleOptions } from '../schedule/schedule-record.ts';
import { readScheduleRecord } from '../schedule/schedule-record.ts';
import { daily, hourly, startsOf, type Times } from '../schedule/when.ts';
import { backupPlist } from './backup-launchd.ts';
import { backupTask } from './backup-task.ts';
import { backupService, backupTimer, type ScheduleSpec } from './backup-units.ts';

const usual: Times = { calendar: '*-*-* 03:00:00', everySeconds: 86_400 };

function spec(
  schedule: ScheduleOptions = {},
  times = usual,
  scope: 'system' | 'user' = 'system',
): ScheduleSpec {
  const base = serviceSpec({ scope, program: [process.execPath] }, { context: 'k3d-shop' });
  return { ...base, record: { ...base.record, times, schedule } };
}

test('a run is told what was chosen, by low priority, once at a time', () => {
  const text = backupService(
    spec({ at: '/mnt/my disk', keepDaily: 7, recipients: ['age1x', 'age1y'], physical: true }),
  );
  expect(text).toContain(
    'backup schedule run --at "/mnt/my disk" --keep-daily 7 --recipient age1x age1y --physical --context k3d-shop\n',
  );
  expect(text).toMatch(/^Type=oneshot$/m);
  expect(text).toMatch(/^Nice=19\nIOSchedulingClass=idle$/m);
  expect(text).toMatch(/^ProtectSystem=strict$/m);
  expect(text).not.toMatch(/Wants=docker/);
  expect(readScheduleRecord(text)).toMatchObject({ times: usual, schedule: { at: '/mnt/my disk' } });
});

test('a run is told on which folder the disk of its place has to be mounted', () => {
  const text = backupService(spec({ at: '/mnt/my disk/backups', disk: '/mnt/my disk' }));
  expect(text).toContain('backup schedule run --at "/mnt/my disk/backups" --disk "/mnt/my disk" ');
});

test('the timer makes up for a time that was missed', () => {
  expect(backupTimer(spec({}, { calendar: '*-*-* 00/6:00:00', everySeconds: 21_600 }))).toMatch(
    /OnCalendar=\*-\*-\* 00\/6:00:00\nPersistent=true\nRandomizedDelaySec=300/,
  );
});

test.each<[string, Times | undefined]>([
  ['03:00', { calendar: '*-*-* 03:00:00', everySeconds: 86_400 }],
  ['23:59', { calendar: '*-*-* 23:59:00', everySeconds: 86_400 }],
  ['24:00', undefined],
  ['3:00', undefined],
  ['03:00\nUser=root', undefined],
])('a time of day is one: %j', (text, times) => {
  expect(daily(text)).toEqual(times);
});

test.each(['5h', '24h', '0h', '6', '6m', ''])('%j does not divide a day', (text) => {
  expect(hourly(text)).toBeUndefined();
});

test.each<[Times, readonly string[]]>([
  [usual, ['3:0']],
  [{ calendar: '*-*-* 23:59:00', everySeconds: 86_400 }, ['23:59']],
  [{ calendar: '*-*-* 00/6:00:00', everySeconds: 21_600 }, ['0:0', '6:0', '12:0', '18:0']],
])('other platforms are told each start of a day: %j', (times, starts) => {
  expect(startsOf(times).map(({ hour, minute }) => `${hour}:${minute}`)).toEqual(starts);
  const own = spec({ keepDaily: 7, at: '/Volumes/A & B' }, times);
  const plist = backupPlist(own, '/logs');
  expect(plist.match(/<key>Hour<\/key>/g)).toHaveLength(starts.length);
  expect(plist).toContain('<string>/Volumes/A &amp; B</string>');
  const task = backupTask(own);
  expect(task.match(/<CalendarTrigger>/g)).toHaveLength(starts.length);
  expect(task).toContain('--at &quot;/Volumes/A &amp; B&quot; --keep-daily 7');
  for (const text of [plist, task]) expect(text).toContain('untested');
});
