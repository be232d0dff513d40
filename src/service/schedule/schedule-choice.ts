import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { ServiceRefused } from '../refused.ts';
import { isMounted, mountOf } from './mounted-disk.ts';
import type { ScheduleOptions } from './schedule-record.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A week of days and a month of weeks: some twelve backups. */
const usualRetention: ScheduleOptions = { keepDaily: 7, keepWeekly: 4 };

/** Variables by which an AWS program finds its credentials and its endpoint; none of them is a secret. */
const awsNames = [
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_S3',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CA_BUNDLE',
] as const;

/** Whether a place is a bucket. */
export const isS3 = (at: string | undefined): at is string => at?.startsWith('s3:') === true;

function refused(cause: string, place: string, next: string): ServiceRefused {
  return new ServiceRefused({ what: 'Backups are not scheduled', cause, place, next });
}

/** What was given now, else what an earlier installation had; paths absolute. */
export function chosenSchedule(
  given: ScheduleOptions,
  earlier: ScheduleOptions | undefined,
  folder: string,
): ScheduleOptions {
  const { at, key } = given;
  const keeps = ['keepLast', 'keepDaily', 'keepWeekly', 'keepMonthly'] as const;
  const isRuleGiven = keeps.some((name) => given[name] !== undefined);
  // A rule is a whole: one that names days and one that names weeks are not added up.
  const rule = isRuleGiven ? given : (earlier ?? usualRetention);
  return {
    ...earlier,
    ...given,
    ...Object.fromEntries(keeps.map((name) => [name, rule[name]])),
    ...(at !== undefined && { at: isS3(at) ? at : resolve(folder, at) }),
    ...(key !== undefined && { key: resolve(folder, key) }),
  };
}

/**
 * A place that a person named must be there: a disk that is not plugged in would otherwise be a folder of this one. Bucket
 * credentials must lie in a file of the user, because a unit is readable by everybody.
 */
export function requirePlace(at: string | undefined, home: string, environment: Environment): void {
  if (at === undefined) return;
  if (!at.startsWith('s3:')) {
    if (existsSync(at)) return;
    throw refused('the place of the backups is not there', at, `Make it first: mkdir -p ${at}`);
  }
  const files = [
    environment['AWS_SHARED_CREDENTIALS_FILE'] || join(home, '.aws', 'credentials'),
    environment['AWS_CONFIG_FILE'] || join(home, '.aws', 'config'),
  ];
  if (files.some((file) => existsSync(file))) return;
  throw refused(
    'its credentials are in no file, and a unit, which everybody may read, is no place for them',
    files[0] ?? '',
    'Put them there (`aws configure`), readable by you only, then install again.',
  );
}

/**
 * Where the disk of the place is mounted; undefined: it has none of its own. The disk of an earlier installation must be there now, or
 * its empty folder would be taken for the place from then on. Throws ServiceRefused.
 */
export function diskOf(
  { at }: ScheduleOptions,
  earlier: ScheduleOptions | undefined,
  home: string,
): string | undefined {
  if (at === undefined || isS3(at)) return undefined;
  const known = earlier?.at === at ? earlier.disk : undefined;
  if (known !== undefined && !isMounted(known))
    throw refused(
      'the disk of the backups is not mounted',
      known,
      'Plug it in; or, if the backups are to lie in this folder without it: rekindle backup schedule uninstall, then install again.',
    );
  return known ?? mountOf(at, home);
}

/** The keys must be there: a first backup by hand shows that it works, and that the key was copied to another place. */
export function keyFiles(key: string | undefined, configuration: string): readonly [string, string] {
  const file = key ?? join(configuration, 'backup.key');
  const evidence = join(dirname(file), 'evidence.key');
  for (const each of [file, evidence])
    if (!existsSync(each))
      throw refused(
        'there is no key yet',
        each,
        'Make a first backup by hand, and keep a copy of its key in another place: rekindle backup create',
      );
  return [file, evidence];
}

/** What of this environment an AWS program needs to find its way. */
export function awsEnvironment(environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    awsNames.flatMap((name): [string, string][] => {
      const value = environment[name];
      return value ? [[name, value]] : [];
    }),
  );
}
