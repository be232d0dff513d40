import { defineCommand, type CommandGroup } from '../command-manifest.ts';
import type { SetProfileOptions, UndoProfileOptions } from './pooler-profile-options.ts';

const restartFlag = [
  '--restart-poolers',
  "allow the pooler's pods to be replaced, one after the other: clients connect anew",
] as const;
const dryRunFlag = ['--dry-run', 'show what would be done and change nothing'] as const;

export const poolerCommands: CommandGroup = {
  name: 'pooler',
  text: 'timeouts of PgBouncer: compare them, set them, take them back',
  commands: [
    {
      name: 'profile',
      text: 'a profile is a set of timeouts; they decide how fast clients have their database back',
      commands: [
        {
          name: 'list',
          text: 'list the profiles, and which one the stack file asks for (needs no cluster)',
          examples: [['rekindle pooler profile list', 'names, what each is for, its settings']],
          load: async () => (await import('./pooler-profile-show.ts')).profileListCommand,
        },
        {
          name: 'show [name]',
          text: 'print a profile as lines of pgbouncer.ini (needs no cluster)',
          examples: [
            ['rekindle pooler profile show quick', 'its settings'],
            ['rekindle pooler profile show', 'what the stack file asks for, with its own settings'],
          ],
          load: async () => (await import('./pooler-profile-show.ts')).profileShowCommand,
        },
        {
          name: 'diff [name]',
          text: 'compare a profile with what every PgBouncer process works with (reads only)',
          examples: [
            [
              'rekindle pooler profile diff',
              'the one of the stack file; 0 the same, 1 different, 2 could not tell',
            ],
            ['rekindle pooler profile diff quick', 'this one'],
          ],
          load: async () => (await import('./pooler-profile-diff.ts')).profileDiffCommand,
        },
        defineCommand<SetProfileOptions>({
          name: 'set [name]',
          text: 'check a profile with a real PgBouncer, apply it without dropping a client, make it last',
          examples: [
            ['rekindle pooler profile set quick', 'says how long it lasts'],
            ['rekindle pooler profile set quick --dry-run', 'what that would do, and why this way'],
            ['rekindle pooler profile set', 'what the stack file asks for, with its own settings'],
            [
              'rekindle pooler profile set quick --image NAME --restart-poolers',
              "with an image of deploy/pooler-image: it lasts under Zalando's operator",
            ],
          ],
          flags: [
            dryRunFlag,
            ['--image <image>', 'an image of deploy/pooler-image for the operator to give to the pooler'],
            restartFlag,
          ],
          load: async () => (await import('./pooler-profile-set.ts')).profileSetCommand,
        }),
        defineCommand<UndoProfileOptions>({
          name: 'undo',
          text: 'take everything back that `set` left: nothing of it stays',
          examples: [
            ['rekindle pooler profile undo', 'back to what was before'],
            ['rekindle pooler profile undo --dry-run', 'what that would do'],
          ],
          flags: [dryRunFlag, restartFlag],
          load: async () => (await import('./pooler-profile-undo.ts')).profileUndoCommand,
        }),
      ],
    },
  ],
};
