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
  /** Folder for the server's files. */
  readonly files?: string;
}
