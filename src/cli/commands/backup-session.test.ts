import path from 'node:path';

import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { storeToRead } from './backup-session.ts';

test('a place that is named and not there is not an empty one', () => {
  const folder = temporaryFolder();
  const unplugged = path.join(folder, 'usb');
  expect(() => storeToRead(unplugged, 'k3d-shop')).toThrow(/no such folder .*usb.*plug that in/);
  expect(storeToRead(folder, 'k3d-shop').place).toBe(folder);
});
