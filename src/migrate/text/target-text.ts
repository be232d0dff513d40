/** What the texts and scripts say differently for each provider. */
export interface TargetText {
  /** Tools besides kubectl that the person needs. */
  readonly tools: readonly string[];
  /** Makes the place where the state is kept, and names it to `tofu init`. */
  readonly state: { readonly commands: readonly string[]; readonly init: string; readonly pulumi: string };
  /** What the examples put for values that only a person knows, by the variable's name. */
  readonly examples: Readonly<Record<string, string>>;
  /** Checks before the infrastructure is made. */
  readonly before: readonly string[];
  /** Logs the container engine into the registry; `$registry` is set. */
  readonly registryLogin: string;
  /** What the scripts for secrets need besides their arguments: a line of shell that says so when it is not set. */
  readonly secretsNeed?: string;
  /** Puts standard input into the secret `$stored`. */
  readonly putSecret: string;
  /** Prints the secret `$stored`. */
  readonly getSecret: string;
  /**
   * Makes role `$user` of the managed database with the password in `$password`, which is not exported; empty where only SQL
   * makes roles.
   */
  readonly setPassword: readonly string[];
  /** How the administrator of the managed database is reached from the restore pod, as comments and commands. */
  readonly administrator: { readonly user: string; readonly says: string; readonly how: readonly string[] };
  /** The role that holds what a superuser may elsewhere, and that app roles must not keep; undefined where they do not get it. */
  readonly tooMuch?: string;
  /** The variable for the TTL of the front door's record; undefined where it is fixed at 60 s. */
  readonly ttlVariable?: string;
  /** What the records of DNS need before they can be switched: a task of the days before. */
  readonly beforeSwitch?: string;
  /** Says whether the certificate is ready, and what the answer must be. */
  readonly certificate: readonly string[];
  /** Copies a folder to where the pods of the target read uploads; through a pod where there is no such command. */
  readonly copyFiles?: (folder: string) => string;
  /** Address of the new front door, as a command. */
  readonly address: string;
  /** Installs what the overlay needs of this provider besides the stack's own; none where nothing is. */
  readonly platform?: readonly string[];
  /** What is billed, so that nobody is surprised; no sums. */
  readonly billed: readonly string[];
  /** What was checked of these programs, and how. */
  readonly checked: readonly string[];
}
