/** Whose service manager runs the agent: the machine's, or that of one user. */
export type Scope = 'system' | 'user';

/** A user of this machine, as its database of users has it (getent(1)). */
export interface Account {
  readonly name: string;
  readonly uid: number;
  /** Group of the account itself. */
  readonly gid: number;
  readonly home: string;
}

/** What the person who installs the agent may choose; kept by a later `install` that does not name it. */
export interface ServiceOptions {
  readonly context?: string | undefined;
  /** Absolute. */
  readonly stack?: string | undefined;
  readonly namespace?: string | undefined;
  /** Absolute. */
  readonly journal?: string | undefined;
  /** Variables that name the engine, the kubeconfig and the state folder; absolute paths. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A file that is run, as it was when the service was installed. */
export interface InstalledFile {
  readonly path: string;
  readonly sha256: string;
}

/** What an installation leaves in the unit for later ones and for `service status`. No secrets. */
export interface InstallRecord {
  readonly version: string;
  readonly account: string;
  /** The program, and its script when it is Node that runs one. */
  readonly files: readonly InstalledFile[];
  /** Files and folders that decide what the agent does: nobody else may write them. */
  readonly decisive: readonly string[];
  readonly options: ServiceOptions;
}

/** Everything that a service definition says, for whichever service manager. */
export interface ServiceSpec {
  readonly scope: Scope;
  readonly account: Account;
  /** The program with what comes before its first argument: `[executable]` or `[node, script]`. Absolute. */
  readonly program: readonly [string, ...string[]];
  /** The whole environment of the agent, tools included; a user's service manager adds its own to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the agent writes into: the folder of its journal, and nothing else. */
  readonly writes: readonly string[];
  /** Paths that must be there before the agent starts, for those on file systems of their own. */
  readonly needs: readonly string[];
  readonly record: InstallRecord;
}

/** Arguments of `rekindle watch` that say what it is about. */
export function targetArguments({ context, stack, namespace, journal }: ServiceOptions): readonly string[] {
  const chosen = { '--context': context, '--stack': stack, '--namespace': namespace, '--journal': journal };
  return Object.entries(chosen).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
}
