import { z } from 'zod';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const size = z.int().min(0);

/** What one table held in the snapshot of the dump: rows, and a digest of them in any order. */
const tableDigest = z.strictObject({
  /** Quoted where PostgreSQL quotes: `public.orders`. */
  table: z.string(),
  rows: z.int().min(0),
  digest: z.string(),
});

/** What the WAL says of a stretch of time, so that two states can be held against each other where nothing was written. */
const writtenSince = z.strictObject({
  from: z.string(),
  to: z.string(),
  /** Files that were written to: `<oid of the database>/<relfilenode>`; of system catalogs as well. */
  relations: z.array(z.string()),
  /** Transactions that were committed in it, by their 32 bits. */
  commits: z.array(z.int().min(0)),
  /** Transactions that the snapshot still sees running, by their 64 bits. */
  running: z.array(z.string()),
});
export type WrittenSince = z.infer<typeof writtenSince>;

const databaseDetails = z.strictObject({
  kind: z.literal('database'),
  cluster: z.string(),
  database: z.string(),
  /** `server_version_num`. */
  serverVersion: z.int(),
  systemIdentifier: z.string(),
  timeline: z.int(),
  /** Everything that was committed before this position is in the dump. */
  lsn: z.string(),
  /** The pod that was read, and whether it was the primary. */
  pod: z.string(),
  readFrom: z.enum(['primary', 'standby']),
  bytes: size.describe('pg_database_size at the time'),
  /** How it was created. */
  made: z.strictObject({
    owner: z.string(),
    encoding: z.string(),
    collate: z.string(),
    ctype: z.string(),
    /** `c` libc, `i` ICU, `b` built in (pg_database.datlocprovider, since version 15). */
    provider: z.string(),
    locale: z.string().nullable().describe('of ICU or of the built-in provider'),
  }),
  /** Names of tablespaces that it uses besides the usual one; missing: none, or an earlier version made it. */
  tablespaces: z.array(z.string()).optional(),
  extensions: z.record(z.string(), z.string()),
  tables: z.array(tableDigest),
  /** Values right before and right after the dump: sequences follow no snapshot. */
  sequences: z.record(z.string(), z.tuple([z.string(), z.string()])),
  largeObjects: z.strictObject({ count: z.int().min(0), digest: z.string() }),
  /** SHA-256 of `pg_dump --schema-only` of the same snapshot. */
  schemaSha256: digest,
  /** What was written between the end of the server's files in this backup and this snapshot; missing: it has no such files. */
  sinceFiles: z.union([z.strictObject({ why: z.string() }), writtenSince]).optional(),
});

const clusterDetails = z.strictObject({
  kind: z.literal('cluster'),
  cluster: z.string(),
  serverVersion: z.int(),
  systemIdentifier: z.string(),
  timeline: z.int(),
  pod: z.string(),
  readFrom: z.enum(['primary', 'standby']),
  /** Names and sizes of the databases in it. */
  databases: z.array(z.strictObject({ database: z.string(), bytes: size })),
  /** WAL in it: recovery begins at the first position, and the files are consistent from the second on. */
  startLsn: z.string(),
  endLsn: z.string(),
  /** Whether the server's pages have checksums, which it has verified while it read them. */
  checksums: z.boolean(),
  /** Files that `backup_manifest` names. */
  files: z.int().min(0),
  /** Size of the tar; what is stored of it is compressed. */
  tarBytes: size,
});

/** One file, folder or link of a volume, by its path below it. */
const uploadedEntry = z.strictObject({
  path: z.string(),
  type: z.enum(['file', 'directory', 'symlink', 'hard link', 'other']),
  mode: z.int().min(0).max(0o7777),
  bytes: size,
  sha256: digest.optional().describe('of files'),
  link: z.string().optional().describe('where a link leads'),
});

const uploadsDetails = z.strictObject({
  kind: z.literal('uploads'),
  /** Name of the claim. */
  claim: z.string(),
  pod: z.string(),
  /** Where it was mounted there. */
  path: z.string(),
  files: size,
  fileBytes: size,
  entries: z.array(uploadedEntry),
  /** Files that were changed while they were read, in each attempt; what is stored of them may be of two moments. */
  changed: z.array(z.string()),
});

const objectsDetails = z.strictObject({
  kind: z.literal('objects'),
  namespace: z.string(),
  /** Namespaces of the operators whose objects are in it as well. */
  operators: z.array(z.string()),
  /** Every object; a Secret without a digest, which would help to guess its values. */
  objects: z.array(z.strictObject({ object: z.string(), sha256: digest.optional() })),
  /** What could not be read. */
  missing: z.array(z.strictObject({ what: z.string(), why: z.string(), kind: z.string().optional() })),
});

const clusterDefinitionDetails = z.strictObject({
  kind: z.literal('cluster-definition'),
  /** Name of the cluster. */
  cluster: z.string(),
  nodes: size,
  images: size.describe('that are in use'),
});

const imageDetails = z.strictObject({
  kind: z.literal('image'),
  image: z.string(),
  /** The engine's id of it. */
  id: z.string(),
});

const otherDetails = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('roles'), cluster: z.string(), roles: z.array(z.string()) }),
  z.strictObject({
    kind: z.literal('redis'),
    /** Name of its workload. */
    redis: z.string(),
    pod: z.string(),
    /** Keys right before and right after: those with a time to live go meanwhile. */
    keys: z.tuple([z.int().min(0), z.int().min(0)]),
  }),
  uploadsDetails,
  objectsDetails,
  clusterDefinitionDetails,
  imageDetails,
]);

const part = z.strictObject({
  /** Name of the file in the store. */
  file: z.string(),
  bytes: size.describe('before encryption'),
  sha256: digest.describe('of the plain bytes'),
  storedBytes: size,
  storedSha256: digest.describe('of the bytes in the store'),
  takenAt: z.iso.datetime(),
  seconds: z.number().min(0),
  of: z.discriminatedUnion('kind', [databaseDetails, clusterDetails, ...otherDetails.options]),
});
export type BackupPart = z.infer<typeof part>;
export type DatabaseDetails = z.infer<typeof databaseDetails>;
export type ClusterDetails = z.infer<typeof clusterDetails>;
export type TableDigest = z.infer<typeof tableDigest>;
export type PartDetails = BackupPart['of'];

/** What a backup of this stack could have had and this one has not, and why. */
const leftOut = z.strictObject({
  what: z.string(),
  why: z.string(),
  /** It was to be in the backup and could not be had; missing: nobody asked for it, or an older version made the backup. */
  isMissing: z.literal(true).optional(),
});
export type LeftOut = z.infer<typeof leftOut>;

const backupManifest = z.strictObject({
  schema: z.literal('rekindle.dev/v1alpha1/backup'),
  id: z.string(),
  stack: z.string(),
  /** Context of the cluster that it was taken from. */
  context: z.string(),
  tool: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional().describe('missing: it was begun and not finished'),
  recipients: z.array(z.string()).describe('age recipients that can read it'),
  /** What keeps data in the stack, by name: each has to have a part. Missing: an older version made it, and nobody wrote that down. */
  expected: z.strictObject({ databaseClusters: z.array(z.string()), redis: z.array(z.string()) }).optional(),
  parts: z.array(part),
  leftOut: z.array(leftOut),
});
export type BackupManifest = z.infer<typeof backupManifest>;

/** Name of the manifest among a backup's files. */
export const manifestName = 'manifest.json';

/** The manifest of a text; throws zod's error, or that it is no JSON. */
export function parseManifest(text: string): BackupManifest {
  return backupManifest.parse(JSON.parse(text));
}

/** Parts of one kind. */
export type PartOf<Kind extends PartDetails['kind']> = BackupPart & {
  readonly of: { readonly kind: Kind };
};

export type UploadedEntry = z.infer<typeof uploadedEntry>;

/** The parts of a backup that are of this kind. */
export function partsOf<Kind extends PartDetails['kind']>(
  { parts }: BackupManifest,
  kind: Kind,
): readonly PartOf<Kind>[] {
  return parts.filter((one): one is PartOf<Kind> => one.of.kind === kind);
}
