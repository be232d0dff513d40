/** Factors of Kubernetes' quantities (kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity). */
const factors: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** A quantity as a number (bytes, or cores); undefined for what is none. */
export function quantityBytes(text: string): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  const factor = factors[unit ?? ''];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** Bytes as whole GiB, rounded up. */
export function gibibytes(bytes: number): number {
  return Math.ceil(bytes / 1024 ** 3);
}
