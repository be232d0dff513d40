import type { DatabaseFacts } from './observation.ts';

/** Whether the database has a primary that was seen to take writes. */
export function takesWrites(database: DatabaseFacts | undefined): boolean {
  return database?.primary.looked === true && !database.primary.value.inRecovery;
}
