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

/** A Kubernetes quantity (`250m`, `1Gi`, `3`) as a number: cores, bytes, pieces. NaN, which compares as false, when it is none. */
export function quantity(text: string): number {
  const found = /^(\d+(?:\.\d+)?)([a-zA-Z]{0,2})$/.exec(text);
  return Number(found?.[1]) * (factors[found?.[2] ?? ''] ?? Number.NaN);
}
