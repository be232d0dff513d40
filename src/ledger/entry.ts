import { z } from 'zod';

const base = { ref: z.string(), at: z.number() };

const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('intent'), ...base }),
  z.object({ kind: z.literal('acknowledged'), id: z.number().int(), ...base }),
  z.object({ kind: z.literal('refused'), why: z.string(), ...base }),
  z.object({ kind: z.literal('unknown'), why: z.string(), ...base }),
]);

/**
 * One line of the ledger, `at` in ms since the epoch. `intent` is written before the order is sent; `acknowledged`
 * carries the shop's id; `refused` means that the shop certainly did not take the order; `unknown` means that it
 * may or may not have done so.
 */
export type LedgerEntry = z.infer<typeof entrySchema>;

/** One line of the file, newline included. */
export function entryLine(entry: LedgerEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/** Length of the part that consists of whole lines: what comes after it was torn by a kill in mid-write. */
export function wholeLines(text: string): number {
  return text.lastIndexOf('\n') + 1;
}

/** Entries of a ledger file. A torn last line is ignored; any other line that is not an entry is an error with its number. */
export function parseLedger(text: string): readonly LedgerEntry[] {
  return text
    .slice(0, wholeLines(text))
    .split('\n')
    .slice(0, -1)
    .map((line, index) => parseLine(line, index + 1));
}

function parseLine(line: string, number: number): LedgerEntry {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new Error(`ledger line ${number} is not an entry: ${line.slice(0, 80)}`, { cause });
  }
}
