import { describe, expect, test } from 'vitest';

import { healthy, pooler } from '../../test/fakes/observation.ts';
import { couldNotLook, saw } from '../domain/looked.ts';
import type { Observation } from '../domain/observation.ts';
import { judge } from './judge.ts';

const at = 1;
const findings: [] = [];
const refused = pooler({ login: { result: 'refused', message: 'no' } });
const notAsked = pooler({ login: { result: 'not-asked', message: 'too early' } });
const withPoolers = (...poolers: (typeof refused)[]) => healthy({ poolers: saw(poolers, 'poolers', at) });
const serving = (observation: Observation) =>
  judge({ proven: 'serving', wanted: 'serving', findings, observation, at });

describe('a verdict', () => {
  test('that rests on writes says so and nothing else', () => {
    const verdict = judge({ proven: 'verified', wanted: 'verified', findings, observation: healthy(), at });
    expect(verdict).toMatchObject({
      state: 'healthy',
      sentence: 'Two writes went through the front door and were read back.',
    });
  });

  test('without a declared write says what was proven, what was not, and how to declare one', () => {
    const { state, sentence } = serving(withPoolers(pooler(), pooler()));
    expect(state).toBe('healthy');
    expect(sentence).toMatch(/^Only reading was proven: .*login works through each pooler \(2 of 2\)\./);
    expect(sentence).toMatch(/That a write works was not proven\..*rekindle\.dev\/write-probe.*writeProbe/);
  });

  test.each([
    ['one login was refused', withPoolers(pooler(), refused), /through some poolers \(1 of 2\)/],
    ['one was not tried', withPoolers(pooler(), notAsked), /through some poolers \(1 of 2\)/],
    ['every login was refused', withPoolers(refused), /through no pooler\./],
    ['no login was tried', withPoolers(notAsked), /answers a GET\. /],
    ['there is no pooler', withPoolers(), /answers a GET\. /],
    [
      'poolers could not be asked',
      healthy({ poolers: couldNotLook('no', 'poolers', at) }),
      /answers a GET\. /,
    ],
  ])('claims no login that it did not see: %s', (_name, observation, words) => {
    expect(serving(observation).sentence).toMatch(words);
  });

  test('without a front door cannot tell, and still says that logins work', () => {
    const verdict = judge({ proven: 'none', wanted: 'none', findings, observation: healthy(), at });
    expect(verdict.state).toBe('unknown');
    expect(verdict.sentence).toMatch(/No front door is known: name it.*login works through each pooler/);
  });

  test('below the wanted level is not healthy, and says why the proof failed', () => {
    const failure = 'the write was answered 403 instead of 201';
    const verdict = judge({ proven: 'none', wanted: 'verified', findings, failure, at });
    expect(verdict.state).toBe('broken');
    expect(verdict.sentence).toBe(
      `Nothing of the stack is known to be broken, and the front door fails: ${failure}. Nothing was proven through the front door.`,
    );
  });

  test.each([
    ['a command is told at once', 'kubectl scale x', /stopped it\. What you can do: kubectl scale x/],
    ['a manifest is not', 'kubectl apply -f - <<EOF\nkind: A\nEOF', /What you can do: see `rekindle plan`\./],
  ])('for something that only a person may mend: %s', (_name, byHand, words) => {
    const target = { kind: 'Deployment', name: 'shop' };
    const plan = {
      steps: [],
      refusals: [],
      waits: [],
      hopes: [],
      tasks: [{ fault: 'x', target, reason: 'Somebody stopped it.', byHand }],
    };
    const { sentence } = judge({ proven: 'none', wanted: 'verified', findings, plan, at });
    expect(sentence).toMatch(words);
    expect(sentence).not.toContain('\n');
  });
});
