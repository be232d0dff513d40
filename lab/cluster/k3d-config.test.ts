import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { k3dConfig } from './k3d-config.ts';

const settings = {
  cluster: 'rekindle-lab-0a1b2c3d',
  image: 'node:1',
  nonce: 'nonce',
  apiPort: 6550,
  doorPort: 8443,
  audit: '/state/audit',
  airgap: '/cache/airgap',
};

describe('k3dConfig', () => {
  it('publishes the front door, marks every container, turns the audit log on and spares the user’s kubeconfig', () => {
    expect(parse(k3dConfig(settings))).toMatchObject({
      metadata: { name: 'rekindle-lab-0a1b2c3d' },
      servers: 1,
      agents: 2,
      ports: [{ port: '8443:30443', nodeFilters: ['loadbalancer'] }],
      volumes: [
        { volume: '/state/audit:/var/log/rekindle-audit', nodeFilters: ['server:0'] },
        { volume: '/cache/airgap:/var/lib/rancher/k3s/agent/images' },
      ],
      options: {
        k3s: {
          extraArgs: [
            { arg: '--kube-apiserver-arg=audit-policy-file=/var/log/rekindle-audit/policy.yaml' },
            { arg: '--kube-apiserver-arg=audit-log-path=/var/log/rekindle-audit/audit.log' },
            { arg: '--kube-apiserver-arg=audit-log-maxsize=4096' },
          ],
        },
        kubeconfig: { updateDefaultKubeconfig: false, switchCurrentContext: false },
        runtime: {
          labels: [
            {
              label: 'rekindle.dev/lab-nonce=nonce',
              nodeFilters: ['server:*', 'agent:*', 'loadbalancer'],
            },
          ],
        },
      },
    });
  });

  it('mounts no image folder where images are pulled', () => {
    const { volumes } = parse(k3dConfig({ ...settings, airgap: undefined })) as { volumes: unknown[] };
    expect(volumes).toHaveLength(1);
  });
});
