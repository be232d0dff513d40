import { defineCommand, type CommandGroup, type Flag } from '../command-manifest.ts';
import { parseDuration } from '../options.ts';
import { parseWholeNumber } from '../parse-whole-number.ts';
import type { ScheduleInstallOptions, ScheduleRunOptions } from './backup-schedule-options.ts';
import { scope } from './service-flags.ts';
import type { ScopeOptions } from './service-options.ts';

/** `rekindle backup schedule ...`; `place` and `key` are those of all backups. */
export function scheduleCommands(place: Flag, key: Flag): CommandGroup {
  const ofARun: readonly Flag[] = [
    place,
    key,
    ['--recipient <keys...>', 'age recipients that can read it as well'],
    ['--physical', "also the server's files and their WAL"],
    ['--keep-last <number>', 'afterwards keep so many of the newest', parseWholeNumber],
    ['--keep-daily <number>', 'the newest of so many days', parseWholeNumber],
    ['--keep-weekly <number>', 'the newest of so many weeks', parseWholeNumber],
    ['--keep-monthly <number>', 'the newest of so many months', parseWholeNumber],
  ];
  return {
    name: 'schedule',
    text: 'have backups made, proven and deleted by a timer of systemd',
    commands: [
      defineCommand<ScheduleInstallOptions>({
        name: 'install',
        text: 'install the timer, or change it; what is not named stays as it was',
        examples: [
          ['rekindle backup schedule install', 'every night at 03:00; keeps 7 days and 4 weeks'],
          [
            'rekindle backup schedule install --every 6h --at /mnt/usb/backups',
            'more often, on another disk',
          ],
          ['sudo rekindle backup schedule install --system --run-as alice', "by the machine's own systemd"],
          ['rekindle backup schedule install --dry-run', 'what it would do; changes nothing'],
        ],
        flags: [
          ['--daily <time>', 'once a day at this time, as 03:00 (default)'],
          ['--every <hours>', 'every so many hours: 1h, 2h, 3h, 4h, 6h, 8h or 12h'],
          ...ofARun,
          ...scope,
          ['--run-as <user>', 'with --system: who has the kubeconfig and the key'],
          ['--dry-run', 'say what would be done, with the whole units, and change nothing'],
          ['--print', 'print the units alone, to be installed by other means; for macOS and Windows as well'],
        ],
        load: async () => (await import('./backup-schedule-install.ts')).backupScheduleInstall,
      }),
      defineCommand<ScopeOptions>({
        name: 'status',
        text: 'show the last backup, the last that was proven, and the next (reads only)',
        examples: [
          ['rekindle backup schedule status', '0 all is well, 1 something is not, 2 could not look'],
        ],
        flags: scope,
        load: async () => (await import('./backup-schedule-status.ts')).backupScheduleStatus,
      }),
      defineCommand<ScopeOptions>({
        name: 'uninstall',
        text: 'remove the timer; the backups stay',
        examples: [['rekindle backup schedule uninstall', 'the timer of your own']],
        flags: scope,
        load: async () => (await import('./backup-schedule-uninstall.ts')).backupScheduleUninstall,
      }),
      defineCommand<ScheduleRunOptions>({
        name: 'run',
        text: 'do what the timer does: a backup, its proof, the deletions, a notice when it is not well',
        examples: [
          ['rekindle backup schedule run --keep-daily 7', 'now; waits while the stack is brought back'],
        ],
        flags: [
          ...ofARun,
          [
            '--disk <folder>',
            'wait until a disk is mounted on this folder (`install` finds out whether the place is on one)',
          ],
          [
            '--patience <time>',
            'how long it is tried again while it cannot be made (default: 1h)',
            parseDuration,
          ],
        ],
        load: async () => (await import('./backup-schedule-run.ts')).backupScheduleRun,
      }),
    ],
  };
}
