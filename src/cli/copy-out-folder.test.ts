import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { now } from '../../test/fakes/observation.ts';
import { skipWhen } from '../../test/fakes/skip-when.ts';
import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { copyOutFolder } from './copy-out-folder.ts';
import { UsageError } from './errors.ts';

/** A home in which Rekindle keeps its state in `state/rekindle`. */
function aHome(): string {
  const home = temporaryFolder();
  const before = process.env['XDG_STATE_HOME'];
  process.env['XDG_STATE_HOME'] = join(home, 'state');
  onTestFinished(() => {
    if (before === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = before;
  });
  mkdirSync(join(home, 'state', 'rekindle'), { recursive: true });
  return home;
}

const name = 'rekindle-20260101T120030Z';

describe('the folder of --copy-out', () => {
  test('is one of its own for the run, whether the named one is there or not', () => {
    const home = aHome();
    mkdirSync(join(home, 'there'));
    expect(copyOutFolder(join(home, 'there'), now)).toBe(join(home, 'there', name));
    expect(copyOutFolder(join(home, 'a', 'b'), now)).toBe(join(home, 'a', 'b', name));
  });

  test('may be left over from a run that copied nothing', () => {
    const home = aHome();
    mkdirSync(join(home, 'copies', name), { recursive: true });
    expect(copyOutFolder(join(home, 'copies'), now)).toBe(join(home, 'copies', name));
  });

  test.each<[string, RegExp, (home: string) => string]>([
    ['has no name', /it has no name/, () => ''],
    ['is a file', /it is no folder/, (home) => file(join(home, 'file'))],
    ['would be below a file', /it is no folder/, (home) => join(file(join(home, 'file')), 'folder')],
    ['is the state folder', /keeps its own state/, (home) => join(home, 'state', 'rekindle')],
    [
      'would be in the state folder',
      /keeps its own state/,
      (home) => join(home, 'state', 'rekindle', 'copies'),
    ],
    [
      'leads into the state folder',
      /keeps its own state/,
      (home) => linkTo(home, join(home, 'state', 'rekindle')),
    ],
    [
      'has files of this run',
      /is there already and not empty/,
      (home) => {
        mkdirSync(join(home, 'copies', name), { recursive: true });
        file(join(home, 'copies', name, 'uploads.tar'));
        return join(home, 'copies');
      },
    ],
  ])('is refused when it %s', (_name, says, prepare) => {
    const given = prepare(aHome());
    const choose = () => copyOutFolder(given, now);
    expect(choose).toThrow(UsageError);
    expect(choose).toThrow(says);
    expect(choose).toThrow(/Name a folder of your own/);
  });
});

test('a folder that cannot be written to is refused', (context) => {
  skipWhen(context, process.getuid?.() === 0 ? 'root may write to every folder' : undefined);
  const home = aHome();
  mkdirSync(join(home, 'theirs'), { mode: 0o500 });
  expect(() => copyOutFolder(join(home, 'theirs', 'copies'), now)).toThrow(/EACCES/);
});

function file(path: string): string {
  writeFileSync(path, '');
  return path;
}

function linkTo(home: string, target: string): string {
  symlinkSync(target, join(home, 'link'));
  return join(home, 'link', 'copies');
}
