import { defineDrill } from './define-drill.ts';
import { waitFor } from './wait-for.ts';

const dns = ['-n', 'kube-system'];

/** The cluster's DNS was scaled to 0 before the power went: nothing that looks up a name comes back. */
export const dnsScaledToZero = defineDrill({
  id: 'dns-scaled-to-zero',
  title: 'CoreDNS was scaled to 0 before the power went',
  inject: async (lab) => {
    const path = 'jsonpath={.spec.replicas}';
    const replicas = await lab.kubectl([...dns, 'get', 'deployment', 'coredns', '-o', path]);
    await lab.kubectl([...dns, 'scale', 'deployment', 'coredns', '--replicas=0']);
    await waitFor('the last DNS server to go', 60, async () => {
      const pods = await lab.kubectl([...dns, 'get', 'pods', '-l', 'k8s-app=kube-dns', '-o', 'name']);
      return pods.trim() === '' ? 'gone' : undefined;
    });
    const cut = await lab.cut();
    const boot = await lab.boot({ waitForEngine: true });
    return { cut: cut.mode, engineStartedAt: boot.startedAt, facts: { replicas: replicas.trim() || '1' } };
  },
  proof: async (lab) => {
    const evidence = await waitFor('the API to say how many DNS servers there are', 60, async () => {
      const path = 'jsonpath={.spec.replicas} wanted, {.status.readyReplicas} ready';
      const said = await lab.kubectl([...dns, 'get', 'deployment', 'coredns', '-o', path]);
      return said.startsWith('0 wanted') ? `coredns: ${said}` : undefined;
    });
    return { proven: true, evidence };
  },
  expectedFindings: ['dns-scaled-to-zero'],
  undo: async (lab, { facts }) => {
    const path = 'jsonpath={.spec.replicas}';
    const wanted = await lab.kubectl([...dns, 'get', 'deployment', 'coredns', '-o', path]);
    if (wanted.trim() !== '0') return;
    await lab.kubectl([...dns, 'scale', 'deployment', 'coredns', `--replicas=${facts['replicas'] ?? '1'}`]);
  },
});
