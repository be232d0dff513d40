import { loadBalancerValues, upstreamNames } from '../domain/load-balancer-values.ts';
import { containersOf } from './containers.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';
import { waitFor } from './wait-for.ts';

const path = `${loadBalancerValues.folder}/${loadBalancerValues.name}`;

async function balancerOf(lab: DrillLab): Promise<string> {
  const [balancer] = await containersOf(lab, 'loadbalancer');
  if (balancer === undefined) throw new Error('the cluster has no load balancer');
  return balancer;
}

async function write(lab: DrillLab, balancer: string, values: string): Promise<void> {
  const script = `cat > ${path} <<'VALUES'\n${values.trimEnd()}\nVALUES\nsync ${path}`;
  await lab.docker(['exec', balancer, 'bash', '-c', script]);
}

/** A name that looks like a node of this cluster and belongs to none. */
const ghostOf = (lab: DrillLab) => `k3d-${lab.cluster}-agent-9`;

/** The load balancer's list names a node that was deleted; it notices at its next start, which the loss of power brings. */
export const loadBalancerGhost = defineDrill({
  id: 'load-balancer-ghost',
  title: 'The load balancer leads to a node that was deleted, and does not start after the power comes back',
  inject: async (lab) => {
    const balancer = await balancerOf(lab);
    const ghost = ghostOf(lab);
    const values = await lab.docker(['exec', balancer, 'cat', path]);
    const [first = ''] = upstreamNames(values);
    // Beside the first entry of every list that holds it, in the list's own form.
    const changed = values.replaceAll(new RegExp(`^([ ]*- )${first}$`, 'gm'), `$1${first}\n$1${ghost}`);
    await write(lab, balancer, changed);
    const cut = await lab.cut();
    const boot = await lab.boot({ waitForEngine: true });
    return { cut: cut.mode, engineStartedAt: boot.startedAt, facts: { balancer, ghost, values } };
  },
  proof: async (lab, { facts }) => {
    const evidence = await waitFor('a load balancer that does not start', 60, async () => {
      const log = await lab.run(['docker', 'logs', '--tail', '20', facts['balancer'] ?? '']);
      const lines = `${log.stdout}\n${log.stderr}`.split('\n');
      return lines.find((line) => line.includes(`host not found in upstream "${facts['ghost'] ?? ''}`));
    });
    return { proven: true, evidence };
  },
  expectedFindings: ['load-balancer-names-gone'],
  undo: async (lab, { facts }) => {
    const { balancer = '', ghost = '', values = '' } = facts;
    // It runs for some seconds each time that the engine starts it.
    await waitFor('the list of the load balancer as it was', 120, async () => {
      const now = await lab.docker(['exec', balancer, 'cat', path]);
      if (!now.includes(ghost)) return true;
      await write(lab, balancer, values);
      await lab.docker(['restart', balancer]);
      return true;
    });
  },
});
