import { expect, test } from 'vitest';

import { skipWhen } from '../fakes/skip-when.ts';
import { expectRecovery, provenSteps } from './expect-recovery.ts';
import { healed, journeyLab } from './journey-lab.ts';
import { onlyInTheFullRun } from './only-in-the-full-run.ts';

test('the DNS knows the host again after a boot that k3d did not run', async (context) => {
  skipWhen(context, onlyInTheFullRun);
  const lab = await journeyLab();
  const recovery = await healed(lab, 'host-name-lost');
  expectRecovery(recovery);
  expect(provenSteps(recovery)).toContain('restore-host-names');
  const path = 'jsonpath={.data.NodeHosts}';
  const list = await lab.kubectl(['-n', 'kube-system', 'get', 'configmap', 'coredns', '-o', path]);
  expect(list).toMatch(/^[\d.]+ host\.k3d\.internal$/m);
});
