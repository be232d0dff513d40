/** Whose unit is meant; at most one of the two. */
export interface ScopeOptions {
  readonly user?: boolean;
  readonly system?: boolean;
}

export interface InstallOptions extends ScopeOptions {
  readonly runAs?: string;
  readonly dryRun?: boolean;
  readonly print?: boolean;
}

export interface UninstallOptions extends ScopeOptions {
  readonly purge?: boolean;
}

export interface LogsOptions extends ScopeOptions {
  readonly follow?: boolean;
  readonly lines?: number;
}
