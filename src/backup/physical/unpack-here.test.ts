import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { startCommands } from './unpack-here.ts';

/** Puts the words that a program is called with into a file, one a line; what pg_ctl hands to a shell of its own is read by one. */
const told = `for word; do printf '%s\n' "$word"; done >>"$TOLD"\n`;
const options = `while [ "$1" != -o ]; do shift; done\nsh -c "for word in \\"\\$@\\"; do :; done; set -- $2; printf '%s\\n' \\"\\$@\\"" >>"$TOLD"\n`;

test.each(['rescued', "it's rescued", 'a $HOME `b` "c" \\d'])(
  'the commands for a folder called %s are about it and nothing else',
  (name) => {
    const root = temporaryFolder();
    const folder = path.join(root, name);
    mkdirSync(folder);
    const programs = path.join(root, 'bin');
    mkdirSync(programs);
    for (const [program, text] of Object.entries({ pg_verifybackup: told, psql: told, pg_ctl: options }))
      writeFileSync(path.join(programs, program), `#!/bin/sh\n${text}`, { mode: 0o755 });
    const output = path.join(root, 'told');
    execFileSync('sh', ['-ec', startCommands(folder, 15).join('\n')], {
      env: { PATH: `${programs}:/usr/bin:/bin`, TOLD: output },
    });
    const words = readFileSync(output, 'utf8').split('\n');
    expect(words).toContain(folder);
    expect(words).toContain(`config_file=${folder}/rescue.conf`);
    const settings = readFileSync(path.join(folder, 'rescue.conf'), 'utf8').split('\n');
    const quoted = folder.replaceAll('\\', '\\\\').replaceAll("'", "''");
    expect(settings).toContain(`hba_file = '${quoted}/rescue_hba.conf'`);
    expect(settings).toContain('unix_socket_permissions = 0700');
  },
);
