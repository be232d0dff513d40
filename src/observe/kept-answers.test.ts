import { describe, expect, test } from 'vitest';

import { VirtualClock } from '../../test/fakes/virtual-clock.ts';
import { KeptAnswers } from './kept-answers.ts';

const good = () => true;
const answering = (answer: string) => () => Promise.resolve(answer);

describe('a kept answer', () => {
  test('is given again for its time, and only when it is a good one', async () => {
    const clock = new VirtualClock(0);
    const kept = new KeptAnswers(clock);
    expect(await kept.ask('a', 1000, answering('first'), good)).toBe('first');
    expect(await kept.ask('a', 1000, answering('second'), good)).toBe('first');
    await clock.sleep(1001);
    expect(await kept.ask('a', 1000, answering('third'), () => false)).toBe('third');
    expect(await kept.ask('a', 1000, answering('fourth'), good)).toBe('fourth');
  });

  test('is forgotten after an action, also one that was asked for before and came after it', async () => {
    const kept = new KeptAnswers(new VirtualClock(0));
    const late = Promise.withResolvers<string>();
    const asked = kept.ask('a', 1000, () => late.promise, good);
    kept.clear();
    late.resolve('of before');
    expect(await asked).toBe('of before');
    expect(await kept.ask('a', 1000, answering('of after'), good)).toBe('of after');
  });
});
