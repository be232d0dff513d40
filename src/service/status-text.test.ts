import { describe, expect, test } from 'vitest';

import { serviceSpec } from '../../test/fakes/service-spec.ts';
import { couldNotLook, saw } from '../domain/looked.ts';
import { ago } from '../domain/time-stamp.ts';
import { gradeOf, statusText } from './status-text.ts';
import type { ServiceStatus } from './status.ts';
import type { UnitState } from './unit-state.ts';

const now = Date.UTC(2026, 10, 26, 12);
const running: UnitState = {
  load: 'loaded',
  enabled: true,
  active: 'active',
  sub: 'running',
  status: 'Usable.',
  pid: 364,
  restarts: 1,
  result: 'success',
  exitStatus: 0,
  since: now - 3_600_000,
  watchdogSeconds: 30,
  aliveAt: now - 4000,
  isStale: false,
  dropIns: [],
};
const agent = {
  state: 'usable',
  sentence: 'Usable.',
  since: now - 60_000,
  pid: 364,
  version: '1.2.3',
  context: 'k3d-shop',
  at: now - 5000,
} as const;

function status(unit: Partial<UnitState> = {}, changes: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    scope: 'system',
    file: '/etc/systemd/system/rekindle.service',
    record: serviceSpec().record,
    unit: saw({ ...running, ...unit }, 'systemctl show', now),
    objections: saw([], 'the files', now),
    history: saw({ provenAt: now - 180_000, agent }, 'the journal', now),
    ...changes,
  };
}

describe('the state of the service', () => {
  test('when all is well: one screen with the last proof', () => {
    const text = statusText(status(), now);
    expect(text).toMatch(/^rekindle\.service \(system unit, runs as alice\): active since /);
    expect(text).toMatch(/last proof .* \(3 min ago\)/);
    expect(text).toContain('usable, said 5 s ago: Usable.');
    expect(text).toContain('ended when silent for 30 s, last sign of life 4 s ago');
    expect(text).toContain('as installed by rekindle 1.2.3, and nobody else can change them');
    expect(text.split('\n').length).toBeLessThan(10);
    expect(gradeOf(status(), now)).toBe('well');
  });

  test('when systemd has given up: why, and how to start it again', () => {
    const failed = status({
      active: 'failed',
      sub: 'failed',
      result: 'exit-code',
      exitStatus: 3,
      restarts: 30,
    });
    expect(statusText(failed, now)).toContain(
      'failed (exit code 3): systemd gave up after 30 restarts and will not start it again by itself. ' +
        'See why: rekindle service logs. Then: sudo systemctl reset-failed rekindle.service; sudo systemctl start rekindle.service',
    );
    expect(gradeOf(failed, now)).toBe('not-well');
  });

  test.for([
    ['is not enabled', { enabled: false }, 'NOT enabled: it will not start at a boot'],
    [
      'waits for its next start',
      { active: 'activating', sub: 'auto-restart', result: 'watchdog' },
      'ended (watchdog) and will be started again',
    ],
    ['was stopped', { active: 'inactive', sub: 'dead' }, 'inactive (dead). Start it: sudo systemctl start'],
  ] as const)('when it %s', ([, unit, text]) => {
    expect(statusText(status(unit), now)).toContain(text);
    expect(gradeOf(status(unit), now)).toBe('not-well');
  });

  test('when its file was changed, or somebody added to it', () => {
    const text = statusText(status({ isStale: true, dropIns: ['/etc/a.conf'] }), now);
    expect(text).toContain(
      '/etc/systemd/system/rekindle.service, with /etc/a.conf; it was changed since: sudo systemctl daemon-reload',
    );
  });

  test('when others can change its files', () => {
    const bad = status(
      {},
      { objections: saw(['/opt/x: everybody can write it (chmod o-w /opt/x)'], 'the files', now) },
    );
    expect(statusText(bad, now)).toContain('/opt/x: everybody can write it (chmod o-w /opt/x)');
    expect(gradeOf(bad, now)).toBe('not-well');
  });

  test('when the agent calls a person', () => {
    const called = { ...agent, state: 'needs-human' } as const;
    expect(
      gradeOf(status({}, { history: saw({ provenAt: undefined, agent: called }, 'the journal', now) }), now),
    ).toBe('not-well');
  });

  test.for([
    ['for a minute', 60_000, 'well'],
    ['for half an hour', 1_800_000, 'not-well'],
  ] as const)('when the agent is in trouble %s', ([, ms, grade]) => {
    const troubled = { ...agent, state: 'trouble', since: now - ms } as const;
    const history = saw({ provenAt: undefined, agent: troubled }, 'the journal', now);
    expect(gradeOf(status({}, { history }), now)).toBe(grade);
  });

  test('what could not be looked at is neither well nor bad', () => {
    const blind = status({}, { history: couldNotLook('no permission', 'the journal', now) });
    expect(statusText(blind, now)).toContain('last proof could not look: no permission');
    expect(gradeOf(blind, now)).toBe('could-not-look');
    expect(gradeOf(status({}, { unit: couldNotLook('no bus', 'systemctl show', now) }), now)).toBe(
      'could-not-look',
    );
    expect(gradeOf(status({ active: 'failed' }, { history: couldNotLook('', '', now) }), now)).toBe(
      'not-well',
    );
  });

  test('an agent without a file of its own is told by what it said to systemd', () => {
    const early = status(
      { status: 'waiting for the engine' },
      { history: saw({ provenAt: undefined, agent: undefined }, '', now) },
    );
    expect(statusText(early, now)).toContain('waiting for the engine');
    expect(statusText(early, now)).toContain('last proof none yet');
    expect(gradeOf(early, now)).toBe('could-not-look');
    expect(gradeOf({ ...early, unit: saw({ ...running, since: now - 60_000 }, '', now) }, now)).toBe('well');
  });
});

test.for([
  [-5000, '0 s ago'],
  [119_000, '119 s ago'],
  [121_000, '2 min ago'],
  [7_300_000, '2 h ago'],
  [200_000_000, '2 days ago'],
] as const)('%i ms are %s', ([ms, text]) => {
  expect(ago(ms)).toBe(text);
});
