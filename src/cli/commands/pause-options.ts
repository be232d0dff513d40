/** Options of `pause` alone. */
export interface PauseOptions {
  readonly reason?: string;
}
