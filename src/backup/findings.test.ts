import { expect, test } from 'vitest';

import { NotDecrypted } from './encryption.ts';
import { Findings } from './findings.ts';
import { assertSuccess } from './program-output.ts';
import { PartDiffers } from './store-part.ts';

/** The error of a program that ended like this. */
function failed(code: number, complaint: string): unknown {
  const program = { namespace: 'shop', pod: 'scratch', container: 'scratch', argv: ['pg_restore'] } as const;
  try {
    assertSuccess(program, { code, complaint });
  } catch (error) {
    return error;
  }
  throw new Error('it ended well');
}

function verdictOf(error: unknown): string {
  const found = new Findings();
  found.failed('a.dump', error);
  return found.verdict;
}

test.each([
  [137, ''],
  [139, 'Segmentation fault'],
  [127, 'sh: 1: redis-check-rdb: not found'],
  [126, 'sh: 1: pg_verifybackup: Permission denied'],
  [1, 'pg_restore: error: a worker process died unexpectedly'],
  [1, 'tar: orders: Cannot write: No space left on device'],
  [1, 'pg_restore: error: could not read from input file: Input/output error'],
  [1, 'FATAL:  could not access file "pg_cron": No such file or directory'],
  [1, 'FATAL:  could not map anonymous shared memory: Cannot allocate memory'],
  [1, 'LOG:  startup process (PID 7) was terminated by signal 9: Killed'],
  [
    2,
    'psql: error: connection to server on socket "/x/run/.s.PGSQL.5432" failed: Connection refused\n\tIs the server running locally?',
  ],
  [2, 'psql: error: could not connect to server: No such file or directory'],
  [
    2,
    'psql: error: connection to server on socket "/x" failed: FATAL:  the database system is in recovery mode',
  ],
  [3, 'ERROR:  server closed the connection unexpectedly'],
])('what the place failed with says nothing about the backup: %i %s', (code, complaint) => {
  expect(verdictOf(failed(code, complaint))).toBe('could-not-tell');
});

test.each([
  [1, 'pg_restore: error: did not find magic string in file header'],
  [1, 'pg_restore: error: could not execute query: ERROR:  could not access file "$libdir/gone"'],
  [3, 'ERROR:  role "clerk" does not exist'],
  [2, 'psql: error: connection to server on socket "/x" failed: FATAL:  database "shop" does not exist'],
  [2, 'tar: Skipping to next header'],
])('what a program says of the backup makes it bad: %i %s', (code, complaint) => {
  expect(verdictOf(failed(code, complaint))).toBe('bad');
});

test('a file that is damaged or not the one that was stored makes it bad, a connection that breaks does not', () => {
  const explanation = { what: 'It could not be decrypted', cause: 'x', place: 'here', next: 'Use another.' };
  expect(verdictOf(new NotDecrypted(explanation))).toBe('bad');
  expect(verdictOf(new PartDiffers('it is missing'))).toBe('bad');
  expect(verdictOf(new Error('read ECONNRESET'))).toBe('could-not-tell');
});
