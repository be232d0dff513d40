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
  readyFrom = 0,
  mendsAfter = Number.POSITIVE_INFINITY,
}: {
  known?: boolean;
  due?: boolean;
  error?: unknown;
  /** When the API calls itself ready, ms. */
  readyFrom?: number;
  /** So many attempts fail. */
  mendsAfter?: number;
}) {
  const said: string[] = [];
  let [tried, now] = [0, 0];
  const source = {
    known,
    due: () => due,
    refresh: () => {
      tried += 1;
      return error === undefined || tried > mendsAfter ? Promise.resolve() : Promise.reject(error);
    },
  };
  const sleep = (ms: number) => {
    now += ms;
    return Promise.resolve();
  };
  const ready = () => (now >= readyFrom ? Promise.resolve() : Promise.reject(new Error('not yet')));
  const context = { clock: { monotonic: () => now, sleep }, reader: { ready } };
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

  test('an API that is not ready yet refuses what it will allow: the first discovery is tried again', async () => {
    const early = { known: false, error: new Forbidden(explained), readyFrom: 1500, mendsAfter: 2 };
    expect(await refreshed(early)).toEqual({ said: [], tried: 3 });
    const never = { ...early, readyFrom: Number.POSITIVE_INFINITY, mendsAfter: 1000 };
    await expect(refreshed(never)).rejects.toThrow(Forbidden);
  });

  test('ends the run when the first discovery is refused, or the target is not clear', async () => {
    await expect(refreshed({ known: false, error: new Forbidden(explained) })).rejects.toThrow(Forbidden);
    await expect(refreshed({ error: new TargetUnclear(explained) })).rejects.toThrow(TargetUnclear);
  });
});
