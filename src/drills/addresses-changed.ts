import { containersOf } from './containers.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';

/** Address of each node on the cluster's network, as `name=address`, sorted by name. */
async function addresses(lab: DrillLab): Promise<readonly string[]> {
  const names = [...(await containersOf(lab, 'server')), ...(await containersOf(lab, 'agent'))];
  const format = '{{.Name}}={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
  const lines = await lab.docker(['inspect', '--format', format, ...names]);
  return lines.trim().split('\n').toSorted();
}

/** The engine starts the nodes in another order after the loss of power, and each gets another's address. */
export const addressesChanged = defineDrill({
  id: 'addresses-changed',
  title: 'The nodes have other addresses after the power comes back',
  inject: async (lab) => {
    const before = await addresses(lab);
    const cut = await lab.cut();
    const boot = await lab.boot({ waitForEngine: true, shuffleAddresses: true });
    return { cut: cut.mode, engineStartedAt: boot.startedAt, facts: { before: before.join(' ') } };
  },
  proof: async (lab, { facts }) => {
    const before = (facts['before'] ?? '').split(' ');
    const now = await addresses(lab);
    const moved = now.filter((entry) => !before.includes(entry));
    return { proven: moved.length > 0, evidence: `before ${before.join(' ')}; now ${now.join(' ')}` };
  },
  expectedFindings: [],
  undo: () => Promise.resolve(),
});
