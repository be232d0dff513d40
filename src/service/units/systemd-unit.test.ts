import { describe, expect, test } from 'vitest';

import { serviceSpec } from '../../../test/fakes/service-spec.ts';
import { readRecord } from './install-record.ts';
import { NotWritableInUnit } from './quoting.ts';
import { selfTestUnit, systemdUnit } from './systemd-unit.ts';

/** Settings of a unit by section and key; a key that comes twice has both values. */
function settings(unit: string): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  let section = '';
  for (const line of unit.split('\n')) {
    const name = /^\[(.+)\]$/.exec(line)?.[1];
    if (name !== undefined) section = name;
    else if (line !== '' && !line.startsWith('#')) {
      const key = `${section}.${line.slice(0, line.indexOf('='))}`;
      (found[key] ??= []).push(line.slice(line.indexOf('=') + 1));
    }
  }
  return found;
}

const options = {
  context: 'k3d-shop',
  stack: '/home/alice/my shop/rekindle.yaml',
  namespace: 'jewelry-shop',
  journal: '/srv/journal.db',
};

describe('the unit of the agent', () => {
  test('says what it runs, as whom and when', () => {
    const found = settings(systemdUnit(serviceSpec({}, options), 252));
    expect(found).toMatchObject({
      'Unit.After': ['docker.service'],
      'Unit.Wants': ['docker.service'],
      'Unit.RequiresMountsFor': ['/usr/local/bin/rekindle /home/alice/.kube/config'],
      'Service.Type': ['notify'],
      'Service.User': ['alice'],
      'Service.ExecStart': [
        ':/usr/local/bin/rekindle watch --context k3d-shop --stack "/home/alice/my shop/rekindle.yaml" ' +
          '--namespace jewelry-shop --journal /srv/journal.db',
      ],
      'Service.WorkingDirectory': ['/'],
      'Service.ReadWritePaths': ['-/home/alice/.local/state/rekindle'],
      'Service.Restart': ['always'],
      'Install.WantedBy': ['multi-user.target'],
    });
    expect(found['Service.Environment']).toEqual([
      'PATH=/usr/bin:/bin',
      'HOME=/home/alice',
      'XDG_STATE_HOME=/home/alice/.local/state',
      'REKINDLE_K3D=/usr/local/bin/k3d',
      'MALLOC_ARENA_MAX=1',
    ]);
  });

  test('lets children of the agent speak for it, and is silent for less than the start may take', () => {
    const found = settings(systemdUnit(serviceSpec(), 252));
    expect(found['Service.NotifyAccess']).toEqual(['all']);
    expect(Number(found['Service.WatchdogSec'])).toBeLessThan(Number(found['Service.TimeoutStartSec']));
  });

  test('does not forbid what V8, the group of the socket and other programs of the user need', () => {
    const unit = systemdUnit(serviceSpec(), 252);
    for (const forbidden of ['MemoryDenyWriteExecute', 'PrivateUsers', 'PrivateNetwork', 'RemoveIPC'])
      expect(unit).not.toContain(forbidden);
    expect(settings(unit)).toMatchObject({
      'Service.CapabilityBoundingSet': [''],
      'Service.NoNewPrivileges': ['yes'],
      'Service.ProtectSystem': ['strict'],
      'Service.ProtectHome': ['read-only'],
      'Service.RestrictAddressFamilies': [expect.stringContaining('AF_UNIX')],
    });
  });

  test("a user's own has nothing that only the machine's manager can do", () => {
    const { HOME: _, ...environment } = serviceSpec().environment;
    const found = settings(systemdUnit(serviceSpec({ scope: 'user', environment }), 252));
    expect(found['Install.WantedBy']).toEqual(['default.target']);
    for (const key of ['User', 'ReadWritePaths', 'CapabilityBoundingSet', 'ProtectSystem', 'PrivateTmp'])
      expect(found[`Service.${key}`]).toBeUndefined();
    expect(found['Unit.Wants']).toBeUndefined();
    expect(found['Service.NoNewPrivileges']).toEqual(['yes']);
  });

  test.for([
    [253, undefined],
    [254, ['5']],
    [260, ['5']],
  ] as const)('systemd %i restarts it more and more slowly: %j', ([version, steps]) => {
    expect(settings(systemdUnit(serviceSpec(), version))['Service.RestartSteps']).toEqual(steps);
  });

  test.for([
    [252, undefined],
    [253, ['/run/systemd/journal/socket:rekindle-journal:graceful']],
  ] as const)('systemd %i opens the journal for it: %j', ([version, files]) => {
    expect(settings(systemdUnit(serviceSpec(), version))['Service.OpenFile']).toEqual(files);
  });

  test('keeps how it was installed, for the next installation', () => {
    const spec = serviceSpec({}, { ...options, environment: { KUBECONFIG: '/a "b"\\:/c' } });
    expect(readRecord(systemdUnit(spec, 252))).toEqual(spec.record);
  });

  test.for([
    ['no section', '[Service]\nRecord={}'],
    ['nothing in it', '[X-Rekindle]\n'],
    ['half of it', '[X-Rekindle]\nRecord={"version":"1"'],
    ['another shape', '[X-Rekindle]\nRecord={"version":1}'],
    ['an array', '[X-Rekindle]\nRecord=[]'],
  ])('is nobody knows how when its record has %s', ([, unit]) => {
    expect(readRecord(unit ?? '')).toBeUndefined();
  });

  test('is not written with a path that would begin another setting', () => {
    const spec = serviceSpec({}, { stack: '/tmp/a\nExecStartPre=/bin/sh' });
    expect(() => systemdUnit(spec, 252)).toThrow(NotWritableInUnit);
  });
});

describe('the unit of the self-test', () => {
  test('runs under the same limits, once, and is enabled nowhere', () => {
    const spec = serviceSpec({}, options);
    const agent = settings(systemdUnit(spec, 252));
    const once = settings(selfTestUnit(spec, '/run/answers 100%.json'));
    expect(once).toMatchObject({
      'Service.Type': ['oneshot'],
      'Service.ExecStart': [
        expect.stringMatching(/^:\/usr\/local\/bin\/rekindle service self-test --json --context k3d-shop /),
      ],
      'Service.StandardOutput': ['file:/run/answers 100%%.json'],
    });
    expect(once['Install.WantedBy']).toBeUndefined();
    expect(once['Unit.Wants']).toBeUndefined();
    expect(once['Unit.After']).toEqual(['docker.service']);
    expect(once['Service.Restart']).toBeUndefined();
    const limits = Object.keys(agent).filter((key) =>
      /Protect|Private|Restrict|System|Capab|User|Environment|ReadWrite/.test(key),
    );
    expect(limits.length).toBeGreaterThan(15);
    for (const key of limits) expect(once[key]).toEqual(agent[key]);
  });
});
