import { isBackupId } from '../../domain/backup-id.ts';
import { StoreUnavailable } from './store-unavailable.ts';

/** Names come from outside (a manifest, a bucket): none may lead out of its backup. */
const safeName = /^[A-Za-z0-9][\w.@-]*$/;

/** The name of a file of a backup. Throws StoreUnavailable. */
export function checkedName(name: string): string {
  if (safeName.test(name)) return name;
  throw new StoreUnavailable(
    'That is no name in a backup',
    JSON.stringify(name),
    new Error('it has other signs'),
  );
}

/**
 * The id of a backup. Ids come from outside as well, and whatever else lies in the place is somebody else's: none of it is read or
 * deleted. Throws StoreUnavailable.
 */
export function checkedId(id: string): string {
  if (isBackupId(id)) return id;
  throw new StoreUnavailable(
    'That is no name of a backup',
    JSON.stringify(id),
    new Error('names of backups are like 20261127T012000Z-1a2b'),
  );
}
