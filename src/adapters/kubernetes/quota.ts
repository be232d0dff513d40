/** Suffixes of Kubernetes quantities (apimachinery/pkg/api/resource). */
const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

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
      .map(([resource = '', quantity = '']) => [resource, amount(quantity)]),
  );
}

/** The quantity as a number; NaN, which compares as false, when it is none. */
function amount(quantity: string): number {
  const found = /^(\d+(?:\.\d+)?)([a-zA-Z]{0,2})$/.exec(quantity);
  return Number(found?.[1]) * (factors[found?.[2] ?? ''] ?? Number.NaN);
}
