import { containersOf } from './containers.ts';
import { shopKubectl } from './database.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { waitFor } from './wait-for.ts';

const folder = '/var/lib/cni/results';

/** The node on which the first web server of the shop runs: its loss alone leaves the shop up, and a pod down. */
async function nodeOfDjango(lab: DrillLab): Promise<string> {
  const path = 'jsonpath={.items[0].spec.nodeName}';
  return (await shopKubectl(lab, ['get', 'pods', '-l', 'component=django', '-o', path])).trim();
}

async function cacheFiles(lab: DrillLab, node: string): Promise<readonly string[]> {
  const names = await lab.docker(['exec', node, 'ls', folder]);
  return names.split('\n').filter((name) => name.endsWith('-eth0'));
}

interface Events {
  readonly items: readonly {
    readonly count?: number;
    readonly lastTimestamp?: string | null;
    readonly message?: string;
  }[];
}

/** The kubelet says again and again, since that moment, that it will kill and make anew what it cannot kill. */
async function repeatedSandboxChange(lab: DrillLab, pod: string, since: number): Promise<string | undefined> {
  const selector = `reason=SandboxChanged,involvedObject.name=${pod}`;
  const text = await shopKubectl(lab, ['get', 'events', '--field-selector', selector, '-o', 'json']);
  const event = (JSON.parse(text) as Events).items.find(
    ({ count = 1, lastTimestamp }) => count > 2 && Date.parse(lastTimestamp ?? '') > since,
  );
  return event === undefined ? undefined : `${pod}: ${event.message ?? ''} (${event.count} times)`;
}

/** A loss of power leaves a node's network cache empty: its pods do not come back, while the node is Ready. */
export const networkCacheDamaged = defineDrill({
  id: 'network-cache-damaged',
  title: "A node's network cache is empty after the power comes back",
  inject: async (lab) => {
    const node = await nodeOfDjango(lab);
    if (!(await containersOf(lab, 'agent')).concat(await containersOf(lab, 'server')).includes(node))
      throw new Error(`${node} is no node of this lab`);
    const files = await cacheFiles(lab, node);
    if (files.length === 0) throw new Error(`${node} has no file in ${folder}`);
    await lab.docker(['exec', node, 'truncate', '-s', '0', ...files.map((name) => `${folder}/${name}`)]);
    await lab.docker(['exec', node, 'sync']);
    const path = `jsonpath={.items[?(@.spec.nodeName=="${node}")].metadata.name}`;
    const pods = await shopKubectl(lab, ['get', 'pods', '-l', 'component=django', '-o', path]);
    const cut = await lab.cut();
    const boot = await lab.boot({ waitForEngine: true });
    return {
      cut: cut.mode,
      engineStartedAt: boot.startedAt,
      facts: { node, files: files.join(' '), pod: pods.trim().split(' ')[0] ?? '' },
    };
  },
  proof: async (lab, { facts, engineStartedAt = 0 }) => {
    const evidence = await waitFor('a sandbox that cannot be stopped', 120, () =>
      repeatedSandboxChange(lab, facts['pod'] ?? '', engineStartedAt),
    );
    return { proven: true, evidence };
  },
  expectedFindings: ['network-cache-damaged'],
  undo: async (lab, { facts }) => {
    const node = facts['node'] ?? '';
    const there = new Set(await cacheFiles(lab, node));
    for (const name of (facts['files'] ?? '').split(' ').filter((entry) => there.has(entry))) {
      const size = await lab.docker(['exec', node, 'wc', '-c', `${folder}/${name}`]);
      if (size.trim().startsWith('0 ')) await lab.docker(['exec', node, 'rm', `${folder}/${name}`]);
    }
  },
});
