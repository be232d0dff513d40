import type { ProbeAnswer } from '../domain/verdict.ts';
import { frontDoorTrust } from '../observe/collectors/front-door.ts';
import type { ObserveContext } from '../observe/context.ts';
import { oneLine } from '../observe/look.ts';

const maxRedirects = 5;

/** GET through the front door, redirects on the same host followed, a 200 with a body wanted. Never throws. */
export async function frontDoorServing(context: ObserveContext): Promise<ProbeAnswer> {
  const door = context.stack.frontDoor;
  const at = () => context.clock.now();
  if (door === undefined) return { answer: 'unknown', evidence: 'no front door is known', at: at() };
  try {
    const trust = await frontDoorTrust(context, door);
    let url = new URL(door.healthPath, door.url);
    for (let hop = 0; hop <= maxRedirects; hop += 1) {
      const via = { address: door.address };
      const answer = await context.door.request({
        url: url.href,
        method: 'GET',
        trust,
        via,
        deadlineMs: 5000,
      });
      if (answer.location === undefined || answer.status < 300 || answer.status > 399) {
        const ok = answer.status === 200 && answer.body.trim() !== '';
        const empty = answer.status === 200 && !ok ? ' with an empty page' : '';
        return { answer: ok ? 'yes' : 'no', evidence: `GET ${url.href}: ${answer.status}${empty}`, at: at() };
      }
      const next = new URL(answer.location, url);
      if (next.hostname !== url.hostname) {
        return {
          answer: 'no',
          evidence: `it redirects to another host, ${next.hostname}, which was not asked`,
          at: at(),
        };
      }
      url = next;
    }
    return { answer: 'no', evidence: `more than ${maxRedirects} redirects`, at: at() };
  } catch (error) {
    return { answer: 'no', evidence: oneLine(error), at: at() };
  }
}
