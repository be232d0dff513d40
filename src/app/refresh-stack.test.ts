import { describe, expect, test } from 'vitest';

import { ClusterUnreachable, Forbidden } from '../adapters/kubernetes/errors.ts';
import { refreshStack } from './refresh-stack.ts';
import { TargetUnclear } from './target.ts';

const explained = { what: 'w', cause: 'the server is busy', place: 'GET /x', next: 'n' };

/** Refreshes once with a discovery that ends so; resolves with what was said and how often it was tried. */
async function refreshed({
  known = true,
  due = true,
  error,
}: {
  known?: boolean;
  due?: boolean;
  error?: unknown;
}) {
  const said: string[] = [];
  let tried = 0;
  const source = {
    known,
    due: () => due,
    refresh: () => {
      tried += 1;
      return error === undefined ? Promise.resolve() : Promise.reject(error);
    },
  };
  const context = { clock: { monotonic: () => 0 } };
  await refreshStack({ source, context }, { say: (line) => said.push(line) });
  return { said, tried };
}

describe('discovering anew', () => {
  test('waits until it is due', async () => {
    expect(await refreshed({ due: false })).toEqual({ said: [], tried: 0 });
    expect(await refreshed({})).toEqual({ said: [], tried: 1 });
  });

  test('goes on with what is known when the API stumbles, and says so', async () => {
    for (const error of [new ClusterUnreachable(explained), new Forbidden(explained), new Error('cut off')])
      expect((await refreshed({ error })).said).toEqual([expect.stringContaining('using what is known')]);
    const nobody = await refreshed({ known: false, error: new ClusterUnreachable(explained) });
    expect(nobody.said).toEqual([expect.stringContaining('the server is busy')]);
  });

  test('ends the run when the first discovery is refused, or the target is not clear', async () => {
    await expect(refreshed({ known: false, error: new Forbidden(explained) })).rejects.toThrow(Forbidden);
    await expect(refreshed({ error: new TargetUnclear(explained) })).rejects.toThrow(TargetUnclear);
  });
});
