/** Options of `up` alone. */
export interface UpOptions {
  readonly dryRun?: boolean;
  /** A folder as the user wrote it. */
  readonly copyOut?: string;
}
