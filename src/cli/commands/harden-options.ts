/** Options of `harden`. */
export interface HardenOptions {
  readonly diff?: boolean;
  readonly apply?: boolean;
  readonly undo?: boolean;
  readonly only?: string;
  readonly output?: string;
  readonly base?: string;
}
