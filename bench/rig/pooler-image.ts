import path from 'node:path';

import type { RigLab } from './rig-lab.ts';

const root = path.dirname(path.dirname(import.meta.dirname));

/** The image of the lab's pooler in deploy/pooler-image's build: the lab's own names, or Zalando's with backend docker. */
async function baseImage(lab: RigLab): Promise<string> {
  const args = ['-n', 'postgres-operator', 'get', 'configmap', 'postgres-operator', '-o'];
  return (await lab.kubectl([...args, 'jsonpath={.data.connection_pooler_image}'])).trim();
}

/**
 * Builds the pooler image as its owner would, with deploy/pooler-image/build.sh, and returns its name. The nodes have it on
 * disk afterwards, as on a machine that has been running for a while. Throws with what the script said.
 */
export async function buildPoolerImage(lab: RigLab): Promise<string> {
  const script = path.join(root, 'deploy', 'pooler-image', 'build.sh');
  const argv = ['sh', script, '--base', await baseImage(lab), '--cluster', lab.cluster];
  const built = await lab.run(['env', 'DOCKER_BUILDKIT=0', ...argv], { timeoutSeconds: 600 });
  const image = / --image (\S+) /.exec(built.stdout)?.[1];
  if (built.exitCode !== 0 || image === undefined) throw new Error(`${script}: ${built.stderr.slice(-2000)}`);
  await lab.run(['sync'], { timeoutSeconds: 300 });
  return image;
}
