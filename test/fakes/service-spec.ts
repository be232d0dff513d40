import type { InstallRecord, ServiceOptions, ServiceSpec } from '../../src/service/service-spec.ts';

/** Alice's agent, as `prepareService` would have it. */
export function serviceSpec(
  changes: Partial<ServiceSpec> = {},
  options: Partial<ServiceOptions> = {},
): ServiceSpec {
  const record: InstallRecord = {
    version: '1.2.3',
    account: 'alice',
    files: [{ path: '/usr/local/bin/rekindle', sha256: 'abc' }],
    decisive: ['/usr/local/bin/rekindle', '/home/alice/.kube/config'],
    options: { environment: {}, ...options },
  };
  return {
    scope: 'system',
    account: { name: 'alice', uid: 1000, gid: 1000, home: '/home/alice' },
    program: ['/usr/local/bin/rekindle'],
    environment: {
      PATH: '/usr/bin:/bin',
      HOME: '/home/alice',
      XDG_STATE_HOME: '/home/alice/.local/state',
      REKINDLE_K3D: '/usr/local/bin/k3d',
    },
    writes: ['/home/alice/.local/state/rekindle'],
    needs: ['/usr/local/bin/rekindle', '/home/alice/.kube/config'],
    record,
    ...changes,
  };
}
