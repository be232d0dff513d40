import { setTimeout as sleep } from 'node:timers/promises';

import { type CutMode, defineDrill, type DrillContext, type DrillLab } from './define-drill.ts';

/** Cuts in a row: the second and third hit a stack that is still coming back. */
const cuts = 3;

/** A recovery takes 15 s or more in the lab, so a cut within this many seconds after the boot hits it half way. */
const window = { from: 3, to: 14 };

async function cutAndBoot(lab: DrillLab): Promise<{ mode: CutMode; startedAt: number; aliveAfter: number }> {
  const cut = await lab.cut();
  const boot = await lab.boot();
  return { mode: cut.mode, startedAt: boot.startedAt, aliveAfter: cut.aliveAfter };
}

/** Lets the recovery go on for a while and takes the helper down with the power. */
async function recoverHalfWay(context: DrillContext): Promise<number> {
  const seconds = window.from + context.random() * (window.to - window.from);
  const helper = await context.startHelper();
  await sleep(seconds * 1000);
  await helper.kill();
  return seconds;
}

/** Three losses of power, the later ones while the stack recovers from the one before. */
export const cutDuringRecovery = defineDrill({
  id: 'cut-during-recovery',
  title: 'The power goes three times in a row, during recovery',
  inject: async (lab, context) => {
    const first = await cutAndBoot(lab);
    const facts: Record<string, string> = { aliveAfter: String(first.aliveAfter) };
    let startedAt = first.startedAt;
    for (let cut = 2; cut <= cuts; cut += 1) {
      const seconds = await recoverHalfWay(context);
      const next = await cutAndBoot(lab);
      startedAt = next.startedAt;
      facts[`cut${cut}`] = `${seconds.toFixed(1)} s after the boot, ${next.aliveAfter} alive`;
    }
    return { cut: first.mode, engineStartedAt: startedAt, facts };
  },
  proof: (_lab, { facts }) => {
    const later = Array.from({ length: cuts - 1 }, (_, index) => facts[`cut${index + 2}`] ?? 'missing');
    return Promise.resolve({
      proven: facts['aliveAfter'] === '0' && later.every((text) => text.endsWith(' 0 alive')),
      evidence: later.join('; '),
    });
  },
  expectedFindings: [],
  undo: () => Promise.resolve(),
});
