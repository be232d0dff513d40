/** How often the agent looks and how far it holds itself back. All times in ms. */
export interface WatchSettings {
  /** Pause between two visits of the front door while all is well. */
  readonly visitEveryMs: number;
  /** Pause between two whole looks while all is well. */
  readonly lookEveryMs: number;
  /** Pause between two looks while something is not well, or was not well a moment ago. */
  readonly closeLookEveryMs: number;
  /** The same while nothing is to be done soon: a person was called, a pause after a recovery lasts, the cluster was stopped by hand. */
  readonly calmLookEveryMs: number;
  /** Pause between two proofs by the declared write while all is well. */
  readonly proveEveryMs: number;
  /** How long something must have been wrong before the agent acts on it; after a boot it acts at once. */
  readonly warmUpMs: number;
  /** How long what is coming up by itself is waited for before the agent helps. */
  readonly settlingMs: number;
  /** How long the stack must have been usable without a break before an incident is over. */
  readonly quietMs: number;
  /** Longest time of one recovery. */
  readonly recoveryMs: number;
  /** Pause after a recovery that did not succeed; doubled with each one of the same incident. */
  readonly coolDownMs: number;
  /** That pause grows to this at most. */
  readonly longestCoolDownMs: number;
  /** Recoveries that may fail in one incident before a person is called. */
  readonly attempts: number;
  /** How long nothing could be seen before a person is called. */
  readonly blindMs: number;
  /** How long the stack was not usable, whatever was tried, before a person is called. */
  readonly downMs: number;
  /** How often the stack may break again within one incident before a person is called. */
  readonly relapses: number;
}

/**
 * Warm-up: longer than a rolling update leaves a front door unanswered, shorter than a person's patience. Quiet: PgBouncer,
 * CrashLoopBackOff and node leases all have timers below five minutes (kubelet's longest back-off is five), so that what
 * broke by one of them breaks again before an incident is closed. Settling: the longest that a part of a stack was seen to come
 * up is a web server's 240 s; what takes longer than that hangs. Down: twice the longest recovery.
 */
export const defaultSettings: WatchSettings = {
  visitEveryMs: 15_000,
  lookEveryMs: 120_000,
  closeLookEveryMs: 5000,
  calmLookEveryMs: 30_000,
  proveEveryMs: 600_000,
  warmUpMs: 20_000,
  settlingMs: 300_000,
  quietMs: 300_000,
  recoveryMs: 900_000,
  coolDownMs: 60_000,
  longestCoolDownMs: 1_800_000,
  attempts: 5,
  blindMs: 600_000,
  downMs: 1_800_000,
  relapses: 3,
};
