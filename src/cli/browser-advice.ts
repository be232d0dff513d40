import { oneLine } from '../observe/look.ts';
import { frontDoorAdvice } from '../report/front-door-advice.ts';
import type { Session } from './session.ts';

/** What a browser on this machine lacks; a resolver that gives no answer is no reason for an advice. */
export async function browserAdvice({ context, addressesOf }: Session): Promise<readonly string[]> {
  const door = context.stack.frontDoor;
  if (door === undefined) return [];
  try {
    return frontDoorAdvice(door, await addressesOf(new URL(door.url).hostname));
  } catch (error) {
    return [`advice: whether a browser finds ${door.url} could not be told (${oneLine(error)}).`];
  }
}
