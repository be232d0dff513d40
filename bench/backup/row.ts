import { z } from 'zod';

const seconds = z.number().min(0);

/** One database, backed up by hand and by Rekindle, one right after the other. */
export const backupSpeedRow = z.strictObject({
  commit: z.string(),
  code: z.string().describe('digest of everything that can change what is measured'),
  dirty: z.boolean(),
  startedAt: z.iso.datetime(),
  gigabytes: z.number().describe('asked for, 10^9 bytes'),
  repetition: z.int().min(1),
  first: z.enum(['plain', 'rekindle']).describe('which of the two went first'),
  databaseBytes: z.int().describe('pg_database_size'),
  plain: z.strictObject({
    dumpSeconds: seconds.describe('kubectl exec pg_dump -Fc > file'),
    restoreSeconds: seconds.describe('the file into a pod, pg_restore --jobs 2; without making the server'),
    dumpBytes: z.int(),
  }),
  rekindle: z.strictObject({
    dumpSeconds: seconds.describe(
      'pg_dump, digests of all rows in its snapshot, encryption, SHA-256, synced to disk',
    ),
    restoreSeconds: seconds.describe('decrypted into a pod, pg_restore --jobs 2; without making the server'),
    verifySeconds: seconds.describe('every row of the copy read and compared'),
    wholeSeconds: seconds.describe(
      'the whole command: all other databases, roles, Redis, the scratch pod and its server',
    ),
    storedBytes: z.int(),
    proven: z.boolean(),
  }),
  machine: z.strictObject({ cpus: z.int(), load: z.array(z.number()) }),
});
export type BackupSpeedRow = z.infer<typeof backupSpeedRow>;
