import { hostName, withEntries } from '../domain/host-names.ts';
import { containersOf } from './containers.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { waitFor } from './wait-for.ts';

const map = ['-n', 'kube-system', 'get', 'configmap', 'coredns', '-o', 'jsonpath={.data.NodeHosts}'];

async function setList(lab: DrillLab, list: string): Promise<void> {
  const patch = JSON.stringify({ data: { NodeHosts: list } });
  await lab.kubectl(['-n', 'kube-system', 'patch', 'configmap', 'coredns', '--type=merge', '-p', patch]);
}

/**
 * After a boot that k3d did not run the DNS does not know the host. k3s lays its list of names out anew at each start; the
 * lab's nodes keep it, so the line is taken out before the power goes.
 */
export const hostNameLost = defineDrill({
  id: 'host-name-lost',
  title: "The cluster's DNS has lost the host's name after the power comes back",
  inject: async (lab) => {
    const before = await lab.kubectl(map);
    const without = before
      .split('\n')
      .filter((line) => !line.includes(hostName))
      .join('\n');
    await setList(lab, without);
    const cut = await lab.cut();
    const boot = await lab.boot({ waitForEngine: true });
    return { cut: cut.mode, engineStartedAt: boot.startedAt, facts: { before } };
  },
  proof: async (lab) => {
    const evidence = await waitFor('the list of names', 60, async () => {
      const list = await lab.kubectl(map);
      return list.includes(hostName) ? undefined : `NodeHosts: ${list.trim().replaceAll('\n', ', ')}`;
    });
    const [server = ''] = await containersOf(lab, 'server');
    const hosts = await lab.docker(['exec', server, 'cat', '/etc/hosts']);
    return { proven: !hosts.includes(hostName), evidence };
  },
  expectedFindings: ['host-name-missing'],
  gone: async (lab) => {
    const list = await lab.kubectl(map);
    return { proven: list.includes(hostName), evidence: `NodeHosts: ${list.trim().replaceAll('\n', ', ')}` };
  },
  undo: async (lab, { facts }) => {
    const list = await lab.kubectl(map);
    if (list.includes(hostName)) return;
    const address = /^(\S+).*host\.k3d\.internal/m.exec(facts['before'] ?? '')?.[1];
    if (address !== undefined) await setList(lab, withEntries(list, [{ name: hostName, address }]));
  },
});
