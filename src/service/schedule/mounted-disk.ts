import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a path lies on; undefined: there is no such path. */
type DeviceOf = (path: string) => bigint | undefined;

const deviceOf: DeviceOf = (path) => statSync(path, { throwIfNoEntry: false, bigint: true })?.dev;

/**
 * Whether something is mounted on this folder: it lies on another device than the folder around it. The device's own number says less: a disk
 * that is plugged in again, or a share that is mounted again, may have another.
 */
export function isMounted(folder: string, device: DeviceOf = deviceOf): boolean {
  const own = device(folder);
  return own !== undefined && own !== device(dirname(folder));
}

/**
 * Where the disk of a folder is mounted, when that is another one than those of the system and of the home: unplugged, it leaves an
 * empty folder of the same name. The folder is there, and its path has no links in it. Pure but for `device`.
 */
export function mountAbove(folder: string, home: string, device: DeviceOf = deviceOf): string | undefined {
  const own = device(folder);
  if (own === device('/') || own === device(home)) return undefined;
  let place = folder;
  while (place !== dirname(place) && !isMounted(place, device)) place = dirname(place);
  return place === dirname(place) ? undefined : place;
}

/** The same of a folder by whatever path. */
export function mountOf(folder: string, home: string): string | undefined {
  return mountAbove(realpathSync(folder), home);
}
