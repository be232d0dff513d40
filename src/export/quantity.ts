import type { FieldPath } from './local/local-field.ts';

/** Fields whose values are amounts by name: `requests.cpu`, `hard.pods`, `max.storage`. */
const amounts: ReadonlySet<string> = new Set([
  'requests',
  'limits',
  'hard',
  'capacity',
  'default',
  'defaultRequest',
  'max',
  'min',
  'maxLimitRequestRatio',
  'overhead',
  'podFixed',
]);

/** Fields that are one amount. */
const single: ReadonlySet<string> = new Set(['sizeLimit', 'averageValue', 'divisor', 'size']);

/** Suffixes of quantities and what they multiply by (kubernetes.io, Quantity); thousandths of thousandths are whole numbers here. */
const suffixes: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 1000n,
  m: 1_000_000n,
  '': 10n ** 9n,
  k: 10n ** 12n,
  M: 10n ** 15n,
  G: 10n ** 18n,
  T: 10n ** 21n,
  P: 10n ** 24n,
  E: 10n ** 27n,
  Ki: (10n ** 9n) << 10n,
  Mi: (10n ** 9n) << 20n,
  Gi: (10n ** 9n) << 30n,
  Ti: (10n ** 9n) << 40n,
  Pi: (10n ** 9n) << 50n,
  Ei: (10n ** 9n) << 60n,
};

const written = /^([+-]?)(\d{0,30})(?:\.(\d{0,30}))?(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i))?$/;

/** A quantity in billionths, as two whole numbers of a fraction; undefined: the value is none. */
function fraction(value: unknown): readonly [bigint, bigint] | undefined {
  const match = typeof value === 'string' || typeof value === 'number' ? written.exec(String(value)) : null;
  const [, sign = '', whole = '', rest = '', exponent = '0', suffix = ''] = match ?? [];
  if (match === null || `${whole}${rest}` === '') return undefined;
  const digits = BigInt(`${sign}${whole}${rest}`.replace('+', '')) * (suffixes[suffix] ?? 0n);
  return shifted(digits, Number(exponent) - rest.length);
}

function shifted(digits: bigint, places: number): readonly [bigint, bigint] {
  return places < 0 ? [digits, 10n ** BigInt(-places)] : [digits * 10n ** BigInt(places), 1n];
}

/** Whether a value at this place of an object is an amount. */
function isAmount(path: FieldPath): boolean {
  const [last, before] = [path.at(-1), path.at(-2)];
  if (typeof last === 'string' && single.has(last)) return true;
  return typeof before === 'string' && amounts.has(before);
}

/** Whether two values at one place are the same amount, however they are written: `1`, `1000m`, `1e0`. */
export function isSameQuantity(path: FieldPath, left: unknown, right: unknown): boolean {
  if (!isAmount(path)) return false;
  const [one, other] = [fraction(left), fraction(right)];
  if (one === undefined || other === undefined) return false;
  return one[0] * other[1] === other[0] * one[1];
}
