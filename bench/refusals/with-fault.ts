import type { Drill, Injection } from '../../src/drills/define-drill.ts';
import { drillNamed } from '../../src/drills/index.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import type { Site } from './define-case.ts';

/** A fault that does not bite says nothing about the one who heals it: it is made so often, and then given up. */
const attempts = 3;

/** Makes the fault until it is proven to bite; whatever did not is taken away again. */
async function biting({ lab }: Site, drill: Drill): Promise<Injection> {
  let last: unknown;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const injection = await drill.inject(lab, nobodyHelps);
    try {
      const { proven, evidence } = await drill.proof(lab, injection);
      if (proven) return injection;
      last = new Error(`the fault is not proven: ${evidence}`);
    } catch (error) {
      last = error;
    }
    await drill.undo(lab, injection);
  }
  throw new Error(`${drill.id} did not bite in ${attempts} attempts`, { cause: last });
}

/** Makes the fault of that drill, proves that it bites, does the work, and takes it away by hand whatever happens. */
export async function withFault<T>(site: Site, id: string, work: () => Promise<T>): Promise<T> {
  const drill = drillNamed(id);
  const injection = await biting(site, drill);
  try {
    return await work();
  } finally {
    await drill.undo(site.lab, injection);
  }
}
