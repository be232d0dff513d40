import { defineDrill } from './define-drill.ts';

/** The power goes and comes back, nothing else is wrong. */
export const plainCut = defineDrill({
  id: 'plain-cut',
  title: 'The power goes and comes back',
  inject: async (lab) => {
    const cut = await lab.cut();
    const boot = await lab.boot();
    return {
      cut: cut.mode,
      engineStartedAt: boot.startedAt,
      facts: {
        aliveAfter: String(cut.aliveAfter),
        withinMs: String(cut.withinMs),
        canary: String(boot.canary),
      },
    };
  },
  proof: (_lab, { facts }) =>
    Promise.resolve({
      proven: facts['aliveAfter'] === '0' && facts['canary'] !== 'survived',
      evidence: `${facts['aliveAfter']} processes alive ${facts['withinMs']} ms after the cut; unsynced file ${facts['canary']}`,
    }),
  expectedFindings: [],
  undo: () => Promise.resolve(),
});
