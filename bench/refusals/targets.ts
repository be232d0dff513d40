import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { parse, stringify } from 'yaml';

import { defineCase, type RefusalCase, type Site } from './define-case.ts';
import { exampleTarget } from './example-target.ts';

/** A copy of the lab's kubeconfig, changed; only the user `rekindle` is in it. */
async function kubeconfigWith(site: Site, change: (config: KubeConfig) => void): Promise<string> {
  const config = parse(await readFile(site.lab.kubeconfig, 'utf8')) as KubeConfig;
  change(config);
  const file = path.join(site.folder, 'kubeconfig');
  await writeFile(file, stringify(config), { mode: 0o600 });
  return file;
}

interface KubeConfig {
  users: { name: string; user: Record<string, string> }[];
  'current-context': string;
}

const json = ['up', '--json', '--timeout', '30s'];

const second = 'rekindle-case-second';

/** A container that looks like a node of another cluster; it is made and never started. */
async function withSecondCluster<T>({ lab }: Site, work: () => Promise<T>): Promise<T> {
  const remove = async () => {
    const there = await lab.docker(['ps', '--all', '--quiet', '--filter', `name=^/?${second}$`]);
    for (const id of there.split('\n').filter((line) => line !== '')) await lab.docker(['rm', '--force', id]);
  };
  const image = await lab.docker(['inspect', '--format', '{{.Config.Image}}', `k3d-${lab.cluster}-serverlb`]);
  const labels = ['app=k3d', `k3d.cluster=${second}`, 'k3d.role=server'].map((label) => `--label=${label}`);
  // One that an interrupted run left would be in the way.
  await remove();
  await lab.docker(['create', '--name', second, ...labels, image.trim()]);
  try {
    return await work();
  } finally {
    await remove();
  }
}

/** Nobody says which context is meant. */
const withoutCurrent = (site: Site) =>
  kubeconfigWith(site, (config) => {
    config['current-context'] = '';
  });

/** R2, R4: a target that is not the stack, or cannot be told to be. */
export const targetCases: readonly RefusalCase[] = [
  defineCase({
    id: 'R2a',
    title: 'the namespace holds no stack',
    expected: { exitCode: 2, says: /No front door is known|nothing is known/i },
    needsWholeStack: false,
    run: (site) => site.rekindle({ args: [...json, '--context', 'rekindle', '--namespace', 'default'] }),
  }),
  defineCase({
    id: 'R2b',
    title: 'the context is not in the kubeconfig',
    expected: { exitCode: 64, says: /no-such-context/ },
    needsWholeStack: false,
    run: (site) => site.rekindle({ args: [...json, '--context', 'no-such-context'] }),
  }),
  defineCase({
    id: 'R2c',
    title: 'the API does not accept the credentials',
    expected: { exitCode: 2, says: /does not accept the credentials/ },
    needsWholeStack: false,
    run: async (site) => {
      const file = await kubeconfigWith(site, (config) => {
        for (const entry of config.users) entry.user = { token: 'not-a-token-of-this-cluster' };
      });
      const args = [...json, ...exampleTarget];
      return site.rekindle({ args, env: { KUBECONFIG: file } });
    },
  }),
  defineCase({
    id: 'R2d',
    title: 'two clusters could be meant: both are named, neither is touched',
    expected: { exitCode: 64, says: /More than one cluster could be meant: [^(]*rekindle-case-second/ },
    needsWholeStack: false,
    run: (site) =>
      withSecondCluster(site, async () =>
        site.rekindle({ args: json, env: { KUBECONFIG: await withoutCurrent(site) } }),
      ),
  }),
  defineCase({
    id: 'R2e',
    title: 'two contexts, of two users, lead to the cluster: both are named',
    expected: { exitCode: 64, says: /More than one context leads to cluster \S+: [^(]*rekindle/ },
    needsWholeStack: false,
    run: async (site) => site.rekindle({ args: json, env: { KUBECONFIG: await withoutCurrent(site) } }),
  }),
  defineCase({
    id: 'R4',
    title: 'the container engine does not answer: nothing is taken for absent, nothing is created',
    expected: { exitCode: 2, says: /container engine could not be asked/ },
    needsWholeStack: false,
    run: (site) =>
      site.rekindle({
        args: [...json, '--context', 'rekindle'],
        env: { DOCKER_HOST: `unix://${path.join(site.folder, 'nobody.sock')}` },
      }),
  }),
];
