import { InvalidArgumentError } from 'commander';

/** Parses a number of things, 0 to 99999; throws commander's InvalidArgumentError. */
export function parseWholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('write a number from 0 to 99999.');
  return Number(text);
}
