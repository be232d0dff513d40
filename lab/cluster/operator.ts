import type { Lab } from '../api.ts';
import { eventually } from '../source/eventually.ts';

/** Applies the Zalando operator's manifests from a folder (Kustomize) and waits until it has registered its resource and is available. */
export async function installOperator(lab: Lab, folder: string): Promise<void> {
  await lab.kubectl(['apply', '-k', folder]);
  const crd = ['get', 'crd', 'postgresqls.acid.zalan.do', '--ignore-not-found', '-o', 'name'];
  await eventually(
    120_000,
    'registration of the operator’s resource',
    async () => {
      return (await lab.kubectl(crd)).trim() !== '';
    },
    500,
  );
  await lab.kubectl([
    'wait',
    '--for=condition=Established',
    'crd/postgresqls.acid.zalan.do',
    '--timeout=60s',
  ]);
  const deployment = ['-n', 'postgres-operator', 'wait', '--for=condition=Available', 'deployment'];
  await lab.kubectl(deployment.concat('--all', '--timeout=120s'));
}
