import { expect, test } from 'vitest';

import { pauseMs } from './pause.ts';

test('a pause is as long as it says', () => {
  expect(pauseMs('90s')).toBe(90_000);
  expect(pauseMs('168h')).toBe(168 * 3_600_000);
});

test.each(['tomorrow', '30', '0m', '2d', ''])(
  '%j is no length of a pause, and an example is given',
  (text) => {
    expect(() => pauseMs(text)).toThrow(
      `"${text}" is no time (rekindle pause). Write a number with s, m or h`,
    );
  },
);

test('a pause that is forgotten ends by itself', () => {
  expect(() => pauseMs('169h')).toThrow('168 hours at most');
});
