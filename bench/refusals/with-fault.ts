import { drillNamed } from '../../src/drills/index.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import type { Site } from './define-case.ts';

/** Makes the fault of that drill, proves that it bites, does the work, and takes it away by hand whatever happens. */
export async function withFault<T>({ lab }: Site, id: string, work: () => Promise<T>): Promise<T> {
  const drill = drillNamed(id);
  const injection = await drill.inject(lab, nobodyHelps);
  try {
    const { proven, evidence } = await drill.proof(lab, injection);
    if (!proven) throw new Error(`the fault is not proven: ${evidence}`);
    return await work();
  } finally {
    await drill.undo(lab, injection);
  }
}
