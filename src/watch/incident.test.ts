import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { afterRecovery, judge, type Decision, type Ended, type Incident, type Sight } from './incident.ts';
import { defaultSettings } from './settings.ts';

const settings = defaultSettings;
const sight = (at: number, given: Partial<Sight> = {}): Sight => ({
  at,
  health: 'broken',
  trouble: 'pooler refuses logins',
  sinceBoot: false,
  wasTried: false,
  ...given,
});

/** Looks at the same thing every five seconds until something else than waiting is decided. */
function until(
  incident: Incident | undefined,
  from: number,
  given: Partial<Sight>,
  limitMs = 7_200_000,
): { incident: Incident | undefined; decision: Decision; at: number } {
  let now = incident;
  for (let at = from; at <= from + limitMs; at += settings.closeLookEveryMs) {
    const judged = judge(now, sight(at, given), settings);
    now = judged.incident;
    if (judged.decision.act !== 'wait') return { ...judged, at };
  }
  return { incident: now, decision: { act: 'rest' }, at: from + limitMs };
}

/** The incident after a recovery that began now and ended like this. */
function recovered(incident: Incident | undefined, at: number, outcome: Ended['outcome']) {
  if (incident === undefined) throw new Error('there is no incident');
  return afterRecovery(incident, { at, outcome, trouble: 'pooler refuses logins' }, settings);
}

describe('a stack that was usable', () => {
  it('is left alone', () => {
    expect(judge(undefined, sight(0, { health: 'usable' }), settings).decision).toEqual({ act: 'rest' });
  });

  it('gets time to come back by itself, and then help', () => {
    const { decision, at } = until(undefined, 0, {});
    expect(decision.act).toBe('recover');
    expect(at).toBe(settings.warmUpMs);
  });

  it('gets the same time again when it came back in between', () => {
    const first = judge(undefined, sight(0), settings);
    const back = judge(first.incident, sight(10_000, { health: 'usable' }), settings);
    expect(until(back.incident, 15_000, {}).at).toBe(15_000 + settings.warmUpMs);
  });

  it('gets more time while it is coming up, and then help: what hangs looks the same', () => {
    const { decision, at } = until(undefined, 0, { health: 'settling' });
    expect(decision.act).toBe('recover');
    expect(at).toBe(settings.settlingMs);
  });

  it('is not started when somebody stopped it', () => {
    const given = { onPurpose: 'server-0 was stopped at 12:00' };
    const { decision } = judge(undefined, sight(0, given), settings);
    expect(decision).toMatchObject({ act: 'wait', why: given.onPurpose });
    expect(until(undefined, 0, given).decision).toEqual({ act: 'rest' });
  });
});

describe('after a boot', () => {
  it.each(['broken', 'settling', 'unknown'] as const)('help comes at once: %s', (health) => {
    expect(judge(undefined, sight(0, { health, sinceBoot: true }), settings).decision.act).toBe('recover');
  });

  it('a second recovery waits for its time', () => {
    const first = judge(undefined, sight(0, { sinceBoot: true }), settings);
    const after = recovered(first.incident, 60_000, 'not-usable');
    const next = until(after.incident, 65_000, { sinceBoot: true, wasTried: true });
    expect(next).toMatchObject({ decision: { act: 'recover' }, at: 120_000 });
  });

  it('within an incident help comes at once however often that happens, and a person is told rarely', () => {
    let { incident, at } = until(undefined, 0, {});
    let calls = 0;
    for (let start = 0; start < 8; start += 1) {
      ({ incident } = recovered(incident, at, 'usable'));
      const green = judge(incident, sight(at + 5000, { health: 'usable' }), settings);
      const began = at + 120_000;
      let next = until(green.incident, began, { health: 'settling', sinceBoot: true });
      if (next.decision.act === 'call') {
        calls += 1;
        next = until(next.incident, next.at + 5000, { health: 'settling', sinceBoot: true });
      }
      expect(next.decision.act).toBe('recover');
      expect(next.at - began).toBeLessThanOrEqual(5000);
      ({ incident, at } = next);
    }
    expect(calls).toBe(1);
  });
});

describe('a recovery that does not help', () => {
  it('is repeated ever more slowly, until a person is called, and then rarely', () => {
    let { incident, decision, at } = until(undefined, 0, {});
    const pauses: number[] = [];
    let calls = 0;
    while (at < 24 * 3_600_000) {
      if (decision.act === 'call') calls += 1;
      const ended = at;
      if (decision.act === 'recover') ({ incident } = recovered(incident, ended, 'not-usable'));
      ({ incident, decision, at } = until(incident, ended + settings.closeLookEveryMs, {}));
      if (decision.act === 'recover') pauses.push(at - ended);
    }
    expect(pauses.slice(0, 4)).toEqual([60_000, 120_000, 240_000, 480_000]);
    for (const pause of pauses.slice(4))
      expect(pause).toBeGreaterThanOrEqual(settings.longestCoolDownMs - 5000);
    expect(calls).toBeGreaterThan(0);
    expect(calls).toBeLessThan(50);
  });

  it('calls a person at once when only a person can help, and once for the same trouble', () => {
    const first = until(undefined, 0, {});
    const after = recovered(first.incident, 60_000, 'needs-human');
    expect(after.decision).toMatchObject({ act: 'call' });
    const next = until(after.incident, 65_000, {});
    expect(next).toMatchObject({ decision: { act: 'recover' } });
    expect(next.at).toBeGreaterThanOrEqual(60_000 + settings.longestCoolDownMs);
    const other = until(after.incident, 65_000, { trouble: 'no leader' });
    expect(other).toMatchObject({ decision: { act: 'recover' }, at: 120_000 });
  });

  it('calls a person when it has been down for long, whatever it looks like', () => {
    const first = until(undefined, 0, { health: 'settling' });
    const failed = recovered(first.incident, first.at + settings.recoveryMs, 'not-usable');
    const again = until(failed.incident, first.at + settings.recoveryMs + 5000, { health: 'settling' });
    expect(again.decision.act).toBe('recover');
    const twice = recovered(again.incident, again.at + settings.recoveryMs, 'interrupted');
    const { decision, at } = until(twice.incident, again.at + settings.recoveryMs + 5000, {
      health: 'settling',
    });
    expect(decision).toEqual({
      act: 'call',
      reason: expect.stringMatching(/^it has not been usable for \d+ minutes$/) as string,
    });
    expect(at).toBeLessThan(settings.downMs + settings.recoveryMs);
  });

  it('that was interrupted counts for nothing', () => {
    const { incident } = until(undefined, 0, {});
    expect(recovered(incident, 30_000, 'interrupted').incident).toEqual(incident);
  });
});

describe('a stack that was brought back', () => {
  it('is believed only when it stays usable', () => {
    const { incident } = until(undefined, 0, {});
    const after = recovered(incident, 60_000, 'usable');
    const end = until(after.incident, 65_000, { health: 'usable' });
    expect(end).toMatchObject({ decision: { act: 'close', seconds: 60 }, at: 60_000 + settings.quietMs });
    expect(end.incident).toBeUndefined();
  });

  it('and breaks again and again is a matter for a person', () => {
    let { incident, decision, at } = until(undefined, 0, {});
    let helped = 0;
    while (decision.act === 'recover') {
      helped += 1;
      ({ incident } = recovered(incident, at, 'usable'));
      const green = judge(incident, sight(at + 55_000, { health: 'usable' }), settings);
      ({ incident, decision, at } = until(green.incident, at + 60_000, {}));
    }
    expect(decision).toEqual({ act: 'call', reason: 'it was brought back and broke again 3 times' });
    expect(helped).toBe(3);
  });
});

describe('whatever happens', () => {
  const sights = fc.array(
    fc.record({
      health: fc.constantFrom('usable', 'broken', 'settling', 'unknown' as const),
      trouble: fc.constantFrom('a', 'b'),
      sinceBoot: fc.boolean(),
      wasTried: fc.boolean(),
      onPurpose: fc.constantFrom(undefined, 'stopped'),
      pauseMs: fc.integer({ min: 0, max: 120_000 }),
      outcome: fc.constantFrom('usable', 'not-usable', 'needs-human', 'interrupted' as const),
    }),
    { maxLength: 300 },
  );

  it('nothing is done to what is usable or was stopped, and no more than the pauses allow', () => {
    fc.assert(
      fc.property(sights, (steps) => {
        let incident: Incident | undefined;
        let at = 0;
        let recoveries = 0;
        for (const { pauseMs, outcome, ...seen } of steps) {
          at += pauseMs;
          const judged = judge(incident, { ...seen, at }, settings);
          ({ incident } = judged);
          if (judged.decision.act !== 'recover') continue;
          recoveries += 1;
          expect(seen.health).not.toBe('usable');
          expect(seen.onPurpose).toBeUndefined();
          const isFresh = seen.sinceBoot && !seen.wasTried;
          expect(at).toBeGreaterThanOrEqual(isFresh ? 0 : (incident?.notBefore ?? 0));
          ({ incident } = recovered(incident, at, outcome));
          expect(incident?.since).toBeLessThanOrEqual(at);
        }
        expect(recoveries).toBeLessThanOrEqual(steps.length);
      }),
    );
  });

  it('the same looks lead to the same decisions', () => {
    fc.assert(
      fc.property(sights, (steps) => {
        const run = (): readonly Decision[] => {
          let incident: Incident | undefined;
          return steps.map((seen, index) => {
            const judged = judge(incident, { ...seen, at: index * 5000 }, settings);
            ({ incident } = judged);
            return judged.decision;
          });
        };
        expect(run()).toEqual(run());
      }),
    );
  });
});
