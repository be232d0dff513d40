/** How the agent is, for whoever asks: status file, metrics, dashboard. Times in ms since the epoch. */
export interface AgentState {
  readonly state: 'starting' | 'usable' | 'trouble' | 'recovering' | 'needs-human' | 'paused' | 'stopped';
  /** One sentence for people. */
  readonly sentence: string;
  /** Since when it is in this state. */
  readonly since: number;
  /** What the last look said of the stack; undefined: there was none yet. */
  readonly health?: 'usable' | 'broken' | 'settling' | 'unknown';
  /** The last proof through the front door. */
  readonly provenAt?: number;
}
