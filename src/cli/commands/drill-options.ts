/** Options of `drill`. */
export interface DrillOptions {
  readonly yes?: boolean;
}
