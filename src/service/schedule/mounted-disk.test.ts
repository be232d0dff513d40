import { expect, test } from 'vitest';

import { isMounted, mountAbove } from './mounted-disk.ts';

/** A machine: which folders are there, and the device of what is mounted on the nearest of these. */
function machine(mounts: Readonly<Record<string, bigint>>) {
  return (path: string): bigint | undefined => {
    const above = Object.keys(mounts).filter((mount) => `${path}/`.startsWith(mount.replace(/\/?$/, '/')));
    const [nearest = '/'] = above.toSorted((a, b) => b.length - a.length);
    return path.startsWith('/nowhere') ? undefined : mounts[nearest];
  };
}

const plugged = machine({ '/': 1n, '/home': 2n, '/mnt/usb': 3n, '/home/alice/disk': 4n });
const unplugged = machine({ '/': 1n, '/home': 2n });

test.each<[string, string | undefined]>([
  ['/mnt/usb/backups/shop', '/mnt/usb'],
  ['/mnt/usb', '/mnt/usb'],
  ['/home/alice/disk/backups', '/home/alice/disk'],
  ['/home/alice/backups', undefined],
  ['/var/backups', undefined],
  ['/', undefined],
])('the disk of %s is mounted on %s', (folder, mount) => {
  expect(mountAbove(folder, '/home/alice', plugged)).toBe(mount);
});

test('the empty folder that an unplugged disk leaves is no disk; one with another number is', () => {
  expect(isMounted('/mnt/usb', plugged)).toBe(true);
  expect(isMounted('/mnt/usb', machine({ '/': 1n, '/mnt/usb': 7n }))).toBe(true);
  expect(isMounted('/mnt/usb', unplugged)).toBe(false);
  expect(isMounted('/nowhere/usb', plugged)).toBe(false);
});
