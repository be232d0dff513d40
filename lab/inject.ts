import { drillNamed, drills } from '../src/drills/index.ts';
import { nobodyHelps } from '../src/drills/nobody-helps.ts';
import type { Lab } from './api.ts';

/** Injects a drill and shows the proof that it took effect; without a name: the drills there are. */
export async function inject(lab: Lab, id: string | undefined): Promise<unknown> {
  if (id === undefined) return drills.map((drill) => ({ drill: drill.id, title: drill.title }));
  const drill = drillNamed(id);
  const injection = await drill.inject(lab, { ...nobodyHelps, random: Math.random });
  return { drill: drill.id, injection, proof: await drill.proof(lab, injection) };
}
