/** What a row of a bench says of its code: a clean checkout of this commit. */
function measuredCode(commit: string, startedAt: string) {
  return { commit: commit.padEnd(40, '0'), code: `code of ${commit}`, dirty: false, startedAt };
}

/** Rows of the code that ran last, and of other code before it. */
export const newest = measuredCode('aaaaaaa', '2026-02-02T00:00:00.000Z');
export const older = measuredCode('bbbbbbb', '2026-02-01T00:00:00.000Z');
