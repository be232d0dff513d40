/** Options of `migrate`. */
export interface MigrateOptions {
  readonly out?: string;
  readonly from?: string;
  readonly database?: string;
  readonly measured?: string;
}
