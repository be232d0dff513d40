import { expect, test } from 'vitest';

import { temporaryFolder } from '../../../test/fakes/temporary-folder.ts';
import { VirtualClock } from '../../../test/fakes/virtual-clock.ts';
import { ExplainedError } from '../../record/explained-error.ts';
import { noticeOf, requirePlace, shortcomingOf, untilMade } from './backup-schedule-run.ts';

const trouble = (lasts = false) =>
  new ExplainedError({ what: 'No engine', cause: 'it starts', place: 'here', next: 'Wait.', lasts });

const { signal } = new AbortController();

test('a run is tried again while the stack comes back', async () => {
  const clock = new VirtualClock(0);
  const said: string[] = [];
  let tries = 0;
  const made = untilMade(
    () => {
      tries += 1;
      return tries < 4 ? Promise.reject(trouble()) : Promise.resolve('made');
    },
    clock,
    { signal, say: (line) => void said.push(line) },
  );
  expect(await made).toBe('made');
  expect(said).toHaveLength(3);
  expect(said[0]).toMatch(/tried again in a minute: No engine/);
});

test('it is given up after an hour, with the last reason', async () => {
  const clock = new VirtualClock(0);
  const start = clock.monotonic();
  await expect(
    untilMade(() => Promise.reject(trouble()), clock, { signal, say: () => undefined }),
  ).rejects.toThrow(/No engine/);
  expect(clock.monotonic() - start).toBeGreaterThanOrEqual(3_540_000);
  expect(clock.monotonic() - start).toBeLessThanOrEqual(3_600_000);
});

test.each([trouble(true), new Error('a fault of the program')])(
  'what no waiting mends is told at once',
  async (error) => {
    let tries = 0;
    const made = untilMade(
      () => {
        tries += 1;
        return Promise.reject(error);
      },
      new VirtualClock(0),
      { signal, say: () => undefined },
    );
    await expect(made).rejects.toThrow(error.message);
    expect(tries).toBe(1);
  },
);

test('the empty folder of a disk that is not plugged in is no place for backups', () => {
  const at = temporaryFolder();
  expect(() => requirePlace({ at, disk: at })).toThrow(/nothing is mounted on .*rekindle backup schedule/);
  expect(() => requirePlace({ at: `${at}/none` })).toThrow(/no such folder/);
  expect(() => requirePlace({ at })).not.toThrow();
  expect(() => requirePlace({ at, disk: '/proc' })).not.toThrow();
  expect(() => requirePlace({ at: 's3://bucket' })).not.toThrow();
});

test('a person hears of each run that was not proven, and once that it is well again', () => {
  const state = { context: 'c', stack: 'shop', place: '/b', endedAt: 0, outcome: 'proven' as const };
  const now = { stack: 'shop', at: 1, shortcoming: undefined };
  expect(noticeOf(undefined, now)).toBeUndefined();
  expect(noticeOf(state, now)).toBeUndefined();
  expect(noticeOf({ ...state, outcome: 'bad' }, now)).toMatchObject({ kind: 'recovered' });
  expect(noticeOf({ ...state, outcome: 'incomplete' }, now)).toMatchObject({ kind: 'recovered' });
  expect(noticeOf(state, { ...now, shortcoming: { is: 'not proven', why: 'no room' } })).toMatchObject({
    kind: 'needs-human',
    title: 'The backup of shop is not proven',
    text: expect.stringMatching(/^no room\n.*rekindle backup schedule status/),
  });
});

test('what was proven and lacks something is told as well, with what is missing', () => {
  const made = {
    code: 1,
    proof: { verdict: 'proven' },
    manifest: {
      leftOut: [
        { what: 'files of claim media', why: 'no running pod has it mounted', isMissing: true },
        { what: "the server's files and WAL", why: 'not asked for: --physical' },
      ],
    },
    answer: { text: 'all of it' },
  } as unknown as Parameters<typeof shortcomingOf>[0];
  const shortcoming = shortcomingOf(made);
  expect(shortcoming).toEqual({
    is: 'not complete',
    why: 'What is in it was proven. Missing: files of claim media (no running pod has it mounted)',
  });
  expect(noticeOf(undefined, { stack: 'shop', at: 1, shortcoming })).toMatchObject({
    kind: 'needs-human',
    title: 'The backup of shop is not complete',
  });
  expect(shortcomingOf({ ...made, code: 0 })).toBeUndefined();
});
