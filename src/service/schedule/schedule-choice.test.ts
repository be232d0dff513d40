import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { diskOf } from './schedule-choice.ts';

test('the disk of a place is kept, and a place whose disk is not there now is refused', () => {
  const at = temporaryFolder();
  const known = { at, disk: at };
  // Nothing is mounted on it, as when the disk of an earlier installation is unplugged.
  expect(() => diskOf({ at }, known, '/')).toThrow(/disk.*is not mounted/);
  expect(diskOf({ at }, { at: '/elsewhere', disk: '/elsewhere' }, '/')).toBeUndefined();
  expect(diskOf({ at: 's3://bucket' }, known, '/')).toBeUndefined();
  expect(diskOf({}, undefined, '/')).toBeUndefined();
});
