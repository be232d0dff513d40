/** Options of the commands of `rekindle backup`. */
export interface BackupPlaceOptions {
  /** A folder, or `s3://bucket/prefix`. */
  readonly at?: string;
  readonly key?: string;
}

export interface BackupCreateOptions extends BackupPlaceOptions {
  /** How many tables pg_restore restores at once. */
  readonly jobs?: number;
  readonly recipient?: readonly string[];
  /** Whether images that no registry is known to have are stored as well. */
  readonly withImages?: boolean;
  /** The server's files as well. */
  readonly physical?: boolean;
}

export interface BackupVerifyOptions extends BackupPlaceOptions {
  readonly jobs?: number;
}

export interface BackupPruneOptions extends BackupPlaceOptions {
  readonly keepLast?: number;
  readonly keepDaily?: number;
  readonly keepWeekly?: number;
  readonly keepMonthly?: number;
  readonly dryRun?: boolean;
}

export interface BackupRestoreOptions extends BackupPlaceOptions {
  readonly database?: string;
  /** Of which database cluster, where a backup holds several. */
  readonly cluster?: string;
  /** Whether the cluster itself is made anew. */
  readonly fromNothing?: boolean;
  readonly yes?: boolean;
  /** Folder for the files of volumes. */
  readonly uploads?: string;
  /** Folder for the server's files. */
  readonly files?: string;
}
