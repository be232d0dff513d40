import { findStackFile, type FoundStackFile } from '../../app/stack-file-lookup.ts';
import { composedProfile, poolerProfiles, type PoolerProfile } from '../../domain/pooler-profiles.ts';
import { poolerProfileOf } from '../../stack-file/apply.ts';
import { UsageError } from '../errors.ts';

const names = Object.keys(poolerProfiles).join(', ');

/**
 * The profile of that name with the stack file's own settings, or without a name what the stack file asks for. Throws
 * UsageError when there is none of that name, or nothing is named anywhere.
 */
export function wantedProfile(name: string | undefined, file: FoundStackFile | undefined): PoolerProfile {
  const wanted =
    name === undefined
      ? file && poolerProfileOf(file.file)
      : composedProfile(name, file?.file.spec.pooler?.settings);
  if (wanted !== undefined) return wanted;
  throw new UsageError({
    what: name === undefined ? 'No profile is named' : `There is no profile ${name}`,
    cause: name === undefined ? 'the stack file does not ask for one' : `there are ${names}`,
    place: file?.path ?? 'rekindle pooler profile',
    next:
      name === undefined
        ? `Name one of ${names}, or write spec.pooler into the stack file.`
        : 'Settings of your own go into the stack file, under spec.pooler.settings.',
  });
}

/** The stack file that a session uses, read anew; undefined when it uses none. */
export function stackFileOf(path: string | undefined): FoundStackFile | undefined {
  return path === undefined ? undefined : findStackFile(path);
}
