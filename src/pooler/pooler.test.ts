import { describe, expect, test } from 'vitest';

import type { StoredEvent } from '../domain/journal-event.ts';
import { composedProfile, settingDifferences } from '../domain/pooler-profiles.ts';
import { sameSetting } from '../domain/pooler-settings.ts';
import { checkVerdict } from './check-pod.ts';
import { declaredBefore, declareStep } from './declare.ts';
import { comparisonResult, processText, profileText } from './profile-report.ts';

describe('a profile', () => {
  test('is a name, settings of one’s own, or both, and then they win', () => {
    expect(composedProfile('previous', undefined)?.name).toBe('previous');
    expect(composedProfile(undefined, { server_lifetime: '1' })).toEqual({
      name: 'custom',
      settings: { server_lifetime: '1' },
    });
    expect(composedProfile('previous', { server_login_retry: '2' })).toEqual({
      name: 'previous with changes',
      settings: { server_login_retry: '2', server_connect_timeout: '15' },
    });
    expect(composedProfile('previous', { server_login_retry: '5' })?.name).toBe('previous');
    expect(composedProfile('fast', {})).toBeUndefined();
  });

  test.each([
    ['5', '5.0', true],
    ['2.592e+06', '2592000', true],
    ['1.23457e+06', '1234567', true],
    ['60', '6', false],
    ['', '0', false],
  ])('has %j where %j is wanted: %j', (effective, value, same) => {
    expect(sameSetting(effective, value)).toBe(same);
  });

  test('tells a setting that the process does not know', () => {
    const differences = settingDifferences(
      { server_lifetime: '1' },
      { server_lifetime: '1', transaction_timeout: '5' },
    );
    expect(processText({ pod: 'p', differences })).toBe(
      'p:\n  transaction_timeout: this PgBouncer does not know it, wanted 5 s',
    );
  });

  test('is neither right nor wrong where nobody could be asked', () => {
    const unasked = { pod: 'p', differences: undefined, why: 'no answer' };
    const wrong = { pod: 'q', differences: [{ key: 'a', effective: '1', wanted: '2' }] };
    expect(comparisonResult([])).toBe('unknown');
    expect(comparisonResult([unasked, { pod: 'q', differences: [] }])).toBe('unknown');
    expect(comparisonResult([unasked, wrong])).toBe('different');
    expect(processText(unasked)).toBe('p: could not be asked: no answer');
  });

  test('is shown as lines that a pgbouncer.ini takes', () => {
    expect(profileText({ name: 'custom', settings: { transaction_timeout: '5' } })).toBe(
      '; custom\n; transaction_timeout: PgBouncer 1.25 or newer\ntransaction_timeout = 5',
    );
  });
});

describe('what PgBouncer made of a configuration', () => {
  const settings = { server_login_retry: '1', client_lifetime: '7200' };
  const at = '2026-01-01 00:00:00.000 UTC [1] ';

  test('is not known before it has said so', () => {
    expect(checkVerdict('', settings, false)).toBeUndefined();
    expect(checkVerdict(`${at}LOG kernel file descriptor limit: 1024`, settings, false)).toBeUndefined();
  });

  test('is good when it is up', () => {
    const log = `${at}LOG listening\n${at}LOG process up: PgBouncer 1.18.0, libevent 2.1\n`;
    expect(checkVerdict(log, settings, true)).toEqual({ accepted: true, version: 'PgBouncer 1.18.0' });
  });

  test('names the line by the setting, not by the number, which may be the next one’s', () => {
    const log = `${at}ERROR unknown parameter: pgbouncer/client_lifetime\n${at}ERROR invalid value "7200" for parameter client_lifetime in configuration (a.ini:9)\n${at}FATAL cannot load config file\n`;
    expect(checkVerdict(log, settings, true)).toEqual({
      accepted: false,
      reason:
        'PgBouncer does not start in the line `client_lifetime = 7200`: ERROR unknown parameter: pgbouncer/client_lifetime',
    });
    expect(checkVerdict('exec: pgbouncer: not found', settings, true)).toMatchObject({
      reason: 'PgBouncer does not start: exec: pgbouncer: not found',
    });
    expect(checkVerdict('', settings, true)).toMatchObject({
      reason: 'PgBouncer does not start: it says nothing',
    });
  });
});

describe('what the stack file named before', () => {
  const file = '/home/me/rekindle.yaml';
  let events: StoredEvent[] = [];
  const declare = (
    command: 'set' | 'undo',
    before: string | undefined,
    profile: string | undefined,
    acted = true,
  ) => {
    const because = `rekindle pooler profile ${command}`;
    const step = declareStep({ file, before, profile, because, at: 0 });
    if (step === undefined) throw new Error('nothing changes');
    const seq = events.length + 1;
    const action = `a${seq}`;
    events = [...events, { type: 'step-intended', run: 'r', action, step, seq, at: 0 }];
    if (acted)
      events = [
        ...events,
        { type: 'step-acted', run: 'r', action, acted: 'done', detail: '', seq: seq + 1, at: 0 },
      ];
  };

  test('is what it named before the first change since the last undo', () => {
    events = [];
    expect(declaredBefore(events, file, 'quick')).toBeUndefined();
    declare('set', 'patience', 'quick');
    declare('set', 'quick', 'previous');
    expect(declaredBefore(events, file, 'previous')).toEqual({ profile: 'patience' });
    expect(declaredBefore(events, '/other', 'previous')).toBeUndefined();
    declare('undo', 'previous', 'patience');
    expect(declaredBefore(events, file, 'patience')).toBeUndefined();
    declare('set', undefined, 'quick');
    expect(declaredBefore(events, file, 'quick')).toEqual({ profile: undefined });
  });

  test('is left alone when somebody has changed it since, or it was never done', () => {
    events = [];
    declare('set', 'patience', 'quick', false);
    expect(declaredBefore(events, file, 'quick')).toBeUndefined();
    declare('set', 'patience', 'quick');
    expect(declaredBefore(events, file, 'previous')).toBeUndefined();
  });
});
