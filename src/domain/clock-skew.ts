/** The engine, the kubelets and this process read one clock, or clocks that a virtual machine keeps together, ms. */
const skewMs = 5000;

/** Whether a time lies so far ahead of `now` that it was told before the clock was set back. Both ms since the epoch. */
export function liesAhead(at: number, now: number): boolean {
  return at - now > skewMs;
}

/**
 * How long something has run, ms. What started before the clock was set back has run for a time that nobody knows, which
 * is no short one: infinity.
 */
export function runningFor(startedAt: number, now: number): number {
  return liesAhead(startedAt, now) ? Number.POSITIVE_INFINITY : Math.max(0, now - startedAt);
}
