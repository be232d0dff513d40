import { containersOf, containerState } from './containers.ts';
import { defineDrill, type DrillLab } from './define-drill.ts';

async function k3d(lab: DrillLab, verb: 'stop' | 'start'): Promise<void> {
  const result = await lab.run(['k3d', 'cluster', verb, lab.cluster], { timeoutSeconds: 180 });
  if (result.exitCode !== 0) throw new Error(`k3d cluster ${verb} failed: ${result.stderr.trim()}`);
}

/** Somebody stopped the cluster in the tidy way, as the user's old script did. */
export const clusterStopped = defineDrill({
  id: 'cluster-stopped',
  title: 'The whole cluster was stopped with k3d',
  inject: async (lab) => {
    await k3d(lab, 'stop');
    return { cut: 'none', facts: {} };
  },
  proof: async (lab) => {
    const names = [...(await containersOf(lab, 'server')), ...(await containersOf(lab, 'agent'))];
    const states = await Promise.all(names.map((name) => containerState(lab, name)));
    return {
      proven: names.length > 0 && states.every((state) => !state.running),
      evidence: names.map((name, index) => `${name} ${states[index]?.status}`).join(', '),
    };
  },
  expectedFindings: ['cluster-stopped'],
  undo: (lab) => k3d(lab, 'start'),
});
