/**
 * Runs `work` with a signal that fires after `ms`, or when `outer` fires. `work` must pass the signal on or listen
 * to it; its promise is what counts, so nothing is left running behind the caller's back. The timer ends with the
 * work and never keeps the process alive longer than the work does.
 */
export async function withDeadline<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  return withIdleDeadline(ms, (signal) => work(signal), outer);
}

/**
 * Runs `work` with a signal that fires when `beat` was not called for `ms`, or when `outer` fires: for what may take long
 * but must go on. As with `withDeadline`, `work` must listen to the signal.
 */
export async function withIdleDeadline<T>(
  ms: number,
  work: (signal: AbortSignal, beat: () => void) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(new DeadlineExceeded(ms)), ms);
  try {
    const signal = outer === undefined ? stop.signal : AbortSignal.any([stop.signal, outer]);
    return await work(signal, () => late.refresh());
  } finally {
    clearTimeout(late);
  }
}

/** The other side did not answer in time. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';

  constructor(ms: number) {
    super(`no answer within ${ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`}`);
  }
}

/** Settles as `work` does, or rejects with the signal's reason; for work that does not know signals. A late failure is heard and dropped. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
