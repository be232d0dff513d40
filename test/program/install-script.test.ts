import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';

import { temporaryFolder } from '../fakes/temporary-folder.ts';

/** Root may write everywhere, so that as root these tests run the script as somebody else (Debian's `nobody`). */
const nobody = 65_534;
const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

/** A release folder and the home of a user who has it. */
interface Place {
  readonly home: string;
  readonly release: string;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function newFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

function newFile(file: string, text: string, mode = 0o644): void {
  writeFileSync(file, text, { mode });
  if (user.uid !== undefined) chownSync(file, user.uid, user.gid);
}

/** Puts a small program in the executable's place, with its checksum: the script does not look inside. */
function putProgramOfRelease(release: string, program: string): void {
  newFile(join(release, 'rekindle'), program, 0o755);
  const sum = createHash('sha256').update(program).digest('hex');
  newFile(join(release, 'SHA256SUMS'), `${'0'.repeat(64)}  install.sh\n${sum}  rekindle\n`);
}

function putRelease(release: string, version: string): void {
  putProgramOfRelease(release, `#!/bin/sh\necho ${version}\n`);
}

function newPlace(version = '1.0.0'): Place {
  const folder = newFolder(temporaryFolder());
  const home = newFolder(join(folder, 'home'));
  const release = newFolder(join(folder, 'release'));
  copyFileSync(join(import.meta.dirname, '../../scripts/install.sh'), join(release, 'install.sh'));
  putRelease(release, version);
  return { home, release };
}

function install(
  { home, release }: Place,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Ended {
  const env = { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C', ...environment };
  const { status, stdout, stderr } = spawnSync('/bin/sh', [join(release, 'install.sh'), ...args], {
    cwd: home,
    env,
    encoding: 'utf8',
    ...user,
  });
  return { code: status, stdout, stderr };
}

/** Every name below the folder, and what a file or a symbolic link holds. */
function contents(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return names.map((name) => {
    const file = join(folder, name);
    return lstatSync(file).isFile() ? `${name}: ${readFileSync(file, 'utf8')}` : name;
  });
}

const installed = ({ home }: Place) => join(home, '.local', 'bin', 'rekindle');

interface BadCase {
  readonly name: string;
  readonly args?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Cause, place and next move. */
  readonly says: readonly RegExp[];
  readonly prepare?: (place: Place) => void;
}

const wrongUses: readonly BadCase[] = [
  { name: 'an unknown option', args: ['--perfix', '/x'], says: [/'--perfix'/, /--help/] },
  { name: 'an argument too many', args: ['--uninstall', 'now'], says: [/'now'/, /--help/] },
  { name: 'a prefix without its value', args: ['--prefix'], says: [/--prefix needs a folder/, /--help/] },
  { name: 'an empty prefix', args: ['--prefix', ''], says: [/--prefix needs a folder, not ''/] },
  {
    name: 'an option in the place of the prefix',
    args: ['--prefix', '--uninstall'],
    says: [/not '--uninstall'/],
  },
  { name: 'a ~ that the shell has left', args: ['--prefix=~/apps'], says: [/'~\/apps'/, /two words/] },
  { name: 'a prefix of two lines', args: ['--prefix', 'a\nb'], says: [/line break/] },
  { name: 'no HOME and no prefix', environment: { HOME: '' }, says: [/HOME is not set/, /--prefix DIR/] },
];

function putProgram(place: Place, text: string): void {
  newFolder(join(place.home, '.local'));
  newFolder(join(place.home, '.local', 'bin'));
  newFile(installed(place), text, 0o755);
}

const failures: readonly BadCase[] = [
  {
    name: 'a program that is not the one of the checksum',
    says: [/release\/rekindle does not have the checksum/, /Get the release again/],
    prepare: ({ release }) => newFile(join(release, 'rekindle'), '#!/bin/sh\necho 6.6.6\n', 0o755),
  },
  {
    name: 'a release without checksums',
    says: [/SHA256SUMS is not there/, /Get the whole release folder/],
    prepare: ({ release }) => rmSync(join(release, 'SHA256SUMS')),
  },
  {
    name: 'checksums of other files',
    says: [/SHA256SUMS has no checksum of rekindle/, /Get the whole release folder/],
    prepare: ({ release }) => newFile(join(release, 'SHA256SUMS'), `${'0'.repeat(64)}  rekindle.txt\n`),
  },
  {
    name: 'a release without the program',
    says: [/release\/rekindle, which is to be installed, is not there/, /Get the whole release folder/],
    prepare: ({ release }) => rmSync(join(release, 'rekindle')),
  },
  {
    name: 'a program that does not start here',
    says: [/does not start here: .*not found/, /glibc/],
    prepare: ({ release }) => putProgramOfRelease(release, '#!/no-such-interpreter\n'),
  },
  {
    name: 'a prefix that may not be made',
    args: ['--prefix', 'locked/apps'],
    says: [/locked\/apps cannot be made: .*Permission denied/, /another --prefix/],
    prepare: ({ home }) => chmodSync(newFolder(join(home, 'locked')), 0o555),
  },
  {
    name: 'a folder of programs that may not be written',
    says: [/\.local\/bin cannot be written: .*Permission denied/, /another --prefix/],
    prepare: ({ home }) => {
      newFolder(join(home, '.local'));
      chmodSync(newFolder(join(home, '.local', 'bin')), 0o555);
    },
  },
  {
    name: 'a prefix below a file',
    args: ['--prefix', 'notes.txt'],
    says: [/notes\.txt cannot be made: .*File exists/, /another --prefix/],
    prepare: ({ home }) => newFile(join(home, 'notes.txt'), 'milk'),
  },
  {
    name: 'a folder in the place of the program',
    says: [/bin\/rekindle is not a regular file/, /another --prefix/],
    prepare: (place) => {
      putProgram(place, '');
      rmSync(installed(place));
      newFolder(installed(place));
    },
  },
  {
    name: 'a symbolic link in the place of the program',
    says: [/bin\/rekindle is not a regular file/, /npm uninstall -g rekindle/],
    prepare: (place) => {
      putProgram(place, '');
      rmSync(installed(place));
      symlinkSync(join(place.home, 'nowhere'), installed(place));
    },
  },
  {
    name: 'a program of somebody else',
    says: [/bin\/rekindle is not as this script installed it/, /Remove it yourself/],
    prepare: (place) => putProgram(place, '#!/bin/sh\necho mine\n'),
  },
];

function expectOneLine({ stderr }: Ended, says: readonly RegExp[]): void {
  for (const words of says) expect(stderr).toMatch(words);
  expect(stderr).toMatch(/^install\.sh: [^\n]+\n$/);
}

describe('install.sh refuses', () => {
  test.each(wrongUses)('$name as wrong use', ({ args = [], environment, says }) => {
    const place = newPlace();
    const ended = install(place, args, environment);
    expectOneLine(ended, says);
    expect(ended).toMatchObject({ code: 64, stdout: '' });
    expect(contents(place.home)).toEqual([]);
  });

  test.each(failures)('$name, and leaves everything as it was', ({ args = [], says, prepare }) => {
    const place = newPlace();
    prepare?.(place);
    const before = contents(place.home);
    const ended = install(place, args);
    expectOneLine(ended, says);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(contents(place.home)).toEqual(before);
  });

  test('to put a damaged program over one that works', () => {
    const place = newPlace();
    expect(install(place, [])).toMatchObject({ code: 0, stderr: '' });
    const before = contents(place.home);
    newFile(join(place.release, 'rekindle'), '#!/bin/sh\necho 6.6.6\n', 0o755);
    expectOneLine(install(place, []), [/does not have the checksum/]);
    expect(contents(place.home)).toEqual(before);
  });

  test('to go on after an interruption, and leaves everything as it was', () => {
    const place = newPlace();
    // Tried half-way, it ends the one who tries it.
    putProgramOfRelease(place.release, '#!/bin/sh\nkill -TERM $PPID\n');
    expect(install(place, [])).toEqual({ code: 143, stdout: '', stderr: '' });
    expect(contents(place.home)).toEqual([]);
  });

  test.each(['changed', 'replaced by a link'])('to remove a program that was %s since', (how) => {
    const place = newPlace();
    install(place, []);
    rmSync(installed(place));
    if (how === 'changed') newFile(installed(place), 'mine', 0o755);
    else symlinkSync('/bin/true', installed(place));
    const before = contents(place.home);
    const ended = install(place, ['--uninstall']);
    expectOneLine(ended, [/bin\/rekindle is not/, /Remove it yourself/]);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(contents(place.home)).toEqual(before);
  });
});

describe('install.sh', () => {
  test('installs, says how to find the program, and updates', () => {
    const place = newPlace('1.0.0');
    const first = install(place, []);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain(`rekindle 1.0.0 is installed: ${installed(place)}\n`);
    expect(first.stdout).toContain(`export PATH="${place.home}/.local/bin:$PATH"`);
    expect(lstatSync(installed(place)).mode & 0o777).toBe(0o755);

    putRelease(place.release, '1.0.1');
    const PATH = `${place.home}/.local/bin:/usr/bin:/bin`;
    const second = install(place, [], { PATH });
    expect(second).toEqual({
      code: 0,
      stderr: '',
      stdout: `rekindle 1.0.1 is installed: ${installed(place)}\n`,
    });
    expect(readdirSync(join(place.home, '.local', 'bin'))).toEqual(['rekindle']);
  });

  test('says when another program of this name comes first', () => {
    const place = newPlace();
    const other = newFolder(join(place.home, 'other'));
    newFile(join(other, 'rekindle'), '#!/bin/sh\n', 0o755);
    const { stdout } = install(place, [], { PATH: `${other}:${place.home}/.local/bin:/usr/bin:/bin` });
    expect(stdout).toContain(`Another one comes first in PATH: ${other}/rekindle\n`);
  });

  test.each([
    ['a relative prefix', ['--prefix', 'a/b']],
    ['a prefix with spaces and a quote', ["--prefix=it's a/place/"]],
  ])('takes %s, and removes it without a trace', (_name, args) => {
    const place = newPlace();
    expect(install(place, args)).toMatchObject({ code: 0, stderr: '' });
    expect(contents(place.home).join('\n')).toContain('bin/rekindle: #!/bin/sh');
    expect(install(place, [...args, '--uninstall'])).toMatchObject({ code: 0, stderr: '' });
    expect(contents(place.home)).toEqual([]);
  });

  test('removes nothing of the user, after any number of updates', () => {
    const place = newPlace('1.0.0');
    newFolder(join(place.home, '.local'));
    newFolder(join(place.home, '.local', 'share'));
    const before = contents(place.home);
    install(place, []);
    putRelease(place.release, '1.0.1');
    install(place, []);
    newFile(join(place.home, '.local', 'bin', 'mine'), 'mine');
    rmSync(join(place.release, 'rekindle'));
    expect(install(place, ['--uninstall'])).toEqual({
      code: 0,
      stderr: '',
      stdout: `rekindle is removed from ${place.home}/.local/\n`,
    });
    expect(contents(place.home)).toEqual([
      ...before.slice(0, 1),
      '.local/bin',
      '.local/bin/mine: mine',
      ...before.slice(1),
    ]);
  });

  test('has nothing to remove where nothing was installed', () => {
    const place = newPlace();
    const ended = install(place, ['--uninstall']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('Nothing of this script is installed');
    expect(existsSync(join(place.home, '.local'))).toBe(false);
  });

  test('shows its help', () => {
    const ended = install(newPlace(), ['--help']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^Usage: install\.sh/);
  });
});
