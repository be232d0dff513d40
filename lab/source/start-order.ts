import type { BootOptions } from '../api.ts';

function lastNumber(address: string): number {
  return Number(address.split('.').at(-1) ?? 0);
}

/**
 * Order in which the containers are to be started; empty for the engine's own. An engine that boots gives out
 * addresses in the order of starts, beginning with the lowest, so starting everyone one place later than its address
 * (the last one first) gives each another address than before.
 */
export function startOrder(
  options: BootOptions,
  addresses: Readonly<Record<string, string>>,
): readonly string[] {
  if (options.order !== undefined) return options.order;
  if (options.shuffleAddresses !== true) return [];
  const names = Object.keys(addresses).sort(
    (one, other) => lastNumber(addresses[one] ?? '') - lastNumber(addresses[other] ?? ''),
  );
  return [...names.slice(-1), ...names.slice(0, -1)];
}
