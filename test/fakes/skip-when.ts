import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why a test was skipped; the closing lines of the test run name it. */
    skipReason?: string;
  }
}

/** Skips the running test when there is a reason, and keeps the reason for the report of the whole run. */
export function skipWhen(context: TestContext, reason: string | undefined): void {
  if (reason === undefined) return;
  // Never silent: the closing lines of the run count it and name it with this reason.
  context.task.meta.skipReason = reason;
  context.skip(reason);
}
