import { defineCommand, type CommandGroup, type Flag } from '../command-manifest.ts';
import { parseCount } from '../options.ts';
import { parseWholeNumber } from '../parse-whole-number.ts';
import { scheduleCommands } from './backup-schedule.manifest.ts';
import type {
  BackupCreateOptions,
  BackupPlaceOptions,
  BackupPruneOptions,
  BackupRestoreOptions,
  BackupVerifyOptions,
} from './backup-options.ts';

const place: Flag = [
  '--at <place>',
  'a folder, or s3://bucket/prefix (default: a folder of this user; a disk that breaks takes it along)',
];
const key: Flag = [
  '--key <file>',
  'the age identity that reads the backups (default: ~/.config/rekindle/backup.key)',
];
const jobs: Flag = [
  '--jobs <number>',
  'tables that are restored at once for the proof (default: 2)',
  parseCount,
];

/** `rekindle backup ...`. */
export const backupCommands: CommandGroup = {
  name: 'backup',
  text: 'back up the databases and what makes the stack; each backup is proven by a restore',
  commands: [
    defineCommand<BackupCreateOptions>({
      name: 'create',
      text: 'dump, encrypt and store, then restore it into an empty server and compare every row',
      examples: [
        ['rekindle backup create', 'for this user; 0 proven, 1 bad or incomplete, 2 could not tell'],
        ['rekindle backup create --at /mnt/usb/backups', 'on another disk'],
        ['rekindle backup create --physical', "the server's files too, proven by starting a server on them"],
        ['rekindle backup create --at s3://shop-backups/jewelry', 'credentials as for every AWS program'],
      ],
      flags: [
        place,
        key,
        jobs,
        [
          '--recipient <keys...>',
          'age recipients that can read it as well, e.g. one whose identity lies in a safe',
        ],
        ['--with-images', 'also store the images that no registry is known to have, as the engine has them'],
        ['--physical', "also the server's files and their WAL (pg_basebackup), whole and as they are"],
      ],
      load: async () => (await import('./backup-create.ts')).backupCreate,
    }),
    defineCommand<BackupPlaceOptions>({
      name: 'list',
      text: 'list the backups, and which of them were proven when (reads only)',
      examples: [['rekindle backup list', 'oldest first']],
      flags: [place, key],
      load: async () => (await import('./backup-list.ts')).backupList,
    }),
    defineCommand<BackupVerifyOptions>({
      name: 'verify [id]',
      text: 'prove a backup once more: restore it into an empty server and compare every row',
      examples: [
        ['rekindle backup verify', 'the newest; 0 proven, 1 bad or incomplete, 2 could not tell'],
        ['rekindle backup verify 20261127T012000Z-1a2b --at /mnt/usb/backups', 'that one'],
      ],
      flags: [place, key, jobs],
      load: async () => (await import('./backup-verify.ts')).backupVerify,
    }),
    defineCommand<BackupRestoreOptions>({
      name: 'restore [id]',
      text: 'restore a database beside the one in use, or files, or with --from-nothing the whole cluster',
      examples: [
        ['rekindle backup restore', 'the newest, as a database of another name; says how to swap'],
        ['rekindle backup restore 20261127T012000Z-1a2b --database jewelry_shop', 'that one'],
        [
          'rekindle backup restore --from-nothing --at /mnt/usb/backups',
          'what it would make; asks before it does',
        ],
        [
          'rekindle backup restore --files ./rescued',
          "the server's files into a new folder; needs no cluster",
        ],
      ],
      flags: [
        place,
        key,
        ['--database <name>', 'which database, where a backup holds several'],
        ['--cluster <name>', 'of which database cluster, where a backup holds several; with --files as well'],
        [
          '--from-nothing',
          'the cluster is gone: make it anew with everything in it, and prove it through the front door',
        ],
        ['--uploads <folder>', 'only the files of volumes, each claim into a new folder below this one'],
        ['--yes', 'with --from-nothing: do it without asking'],
        [
          '--files <folder>',
          "unpack the server's files of a backup that was made with --physical into this folder",
        ],
      ],
      load: async () => (await import('./backup-restore.ts')).backupRestore,
    }),
    defineCommand<BackupPruneOptions>({
      name: 'prune',
      text: 'delete old backups; the newest one that was proven always stays',
      examples: [
        ['rekindle backup prune --keep-daily 7 --keep-weekly 4 --dry-run', 'what would go'],
        ['rekindle backup prune --keep-last 3', 'delete all but the newest three'],
      ],
      flags: [
        place,
        key,
        ['--keep-last <number>', 'so many of the newest', parseWholeNumber],
        ['--keep-daily <number>', 'the newest of so many days that have one', parseWholeNumber],
        ['--keep-weekly <number>', 'the newest of so many weeks', parseWholeNumber],
        ['--keep-monthly <number>', 'the newest of so many months', parseWholeNumber],
        ['--dry-run', 'say what would be deleted and why the rest is kept; delete nothing'],
      ],
      load: async () => (await import('./backup-prune.ts')).backupPrune,
    }),
    scheduleCommands(place, key),
  ],
};
