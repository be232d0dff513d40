import { containersOf, containerState } from './containers.ts';
import { defineDrill } from './define-drill.ts';

/** One agent does not come back after the power does: its restart policy is off. */
export const agentStopped = defineDrill({
  id: 'agent-stopped',
  title: 'One agent stays down after the power comes back',
  inject: async (lab, { random }) => {
    const agents = await containersOf(lab, 'agent');
    const agent = agents[Math.floor(random() * agents.length)];
    if (agent === undefined) throw new Error('the cluster has no agent');
    const { restartPolicy } = await containerState(lab, agent);
    await lab.docker(['update', '--restart', 'no', agent]);
    const cut = await lab.cut();
    const boot = await lab.boot({ waitForEngine: true });
    return { cut: cut.mode, engineStartedAt: boot.startedAt, facts: { agent, restartPolicy } };
  },
  proof: async (lab, { facts }) => {
    const state = await containerState(lab, facts['agent'] ?? '');
    return {
      proven: !state.running && state.restartPolicy === 'no',
      evidence: `${facts['agent']} ${state.status}, restart policy ${state.restartPolicy}`,
    };
  },
  expectedFindings: ['node-stopped'],
  undo: async (lab, { facts }) => {
    const agent = facts['agent'] ?? '';
    await lab.docker(['update', '--restart', facts['restartPolicy'] ?? 'unless-stopped', agent]);
    await lab.docker(['start', agent]);
  },
});
