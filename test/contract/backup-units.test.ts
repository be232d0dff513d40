import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { expect, onTestFinished, test } from 'vitest';

import { daily, hourly, hoursApart, usualTimes } from '../../src/service/schedule/when.ts';
import {
  backupService,
  backupServiceName,
  backupTimer,
  backupTimerName,
  type ScheduleSpec,
} from '../../src/service/units/backup-units.ts';
import { serviceSpec } from '../fakes/service-spec.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const analyze = '/usr/bin/systemd-analyze';

test('systemd understands each of the times, and the next but one is one interval later', (context) => {
  skipWhen(context, existsSync(analyze) ? undefined : 'needs systemd-analyze');
  const all = [daily('03:00'), daily('00:07'), ...hoursApart.map((hours) => hourly(`${hours}h`))];
  for (const times of all) {
    const argv = ['calendar', '--iterations=3', '--base-time=2026-11-27 01:30:00 UTC', times?.calendar ?? ''];
    const told = spawnSync(analyze, argv, { encoding: 'utf8', env: { TZ: 'UTC', LC_ALL: 'C.UTF-8' } });
    expect(told.status, told.stderr).toBe(0);
    const at = [...told.stdout.matchAll(/(?:Next elapse|Iter\. #\d): \w+ ([\d-]+ [\d:]+) UTC/g)].map(
      ([, text = '']) => Date.parse(`${text.replace(' ', 'T')}Z`),
    );
    expect(at).toHaveLength(3);
    expect((at[2] ?? 0) - (at[1] ?? 0)).toBe((times?.everySeconds ?? 0) * 1000);
  }
});

test.each(['system', 'user'] as const)('systemd finds nothing wrong with the units of a %s', (scope) => {
  if (!existsSync(analyze)) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'rekindle-units-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const base = serviceSpec({ scope, program: [process.execPath] });
  const record = { ...base.record, times: usualTimes, schedule: { keepDaily: 7 } };
  const own: ScheduleSpec = { ...base, record };
  // The user of a system unit has to be one of this machine.
  const here = { ...own, account: { ...own.account, name: 'daemon' } };
  const files = { [backupServiceName]: backupService(here), [backupTimerName]: backupTimer(here) };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  const argv = [
    'verify',
    `--${scope}`,
    '--man=no',
    ...Object.keys(files).map((name) => path.join(folder, name)),
  ];
  const told = spawnSync(analyze, argv, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  const ours = told.stderr.split('\n').filter((line) => line.includes('rekindle'));
  expect(ours).toEqual([]);
});
