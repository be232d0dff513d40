import { quantity } from '../../domain/quantity.ts';

/**
 * Whether a refusal "exceeded quota: NAME, requested: ..., used: ..., limited: ..." (plugin/pkg/admission/
 * resourcequota) comes only from the old pod still being there: as the new pod takes the place of the old one,
 * which asks for the same, the quota has room when what is used now is within the limit. False when the text is
 * not one of these or cannot be read for certain.
 */
export function hasRoomAfterDeletion(message: string): boolean {
  const found = /exceeded quota: [^,]+, requested: \S+, used: (\S+), limited: (\S+)/.exec(message);
  if (found === null) return false;
  const used = amounts(found[1] ?? '');
  const limited = amounts(found[2] ?? '');
  return (
    used.size > 0 &&
    [...used].every(([resource, now]) => now <= (limited.get(resource) ?? Number.NEGATIVE_INFINITY))
  );
}

function amounts(text: string): ReadonlyMap<string, number> {
  return new Map(
    text
      .split(',')
      .map((pair) => pair.split('='))
      .map(([resource = '', amount = '']) => [resource, quantity(amount)]),
  );
}
