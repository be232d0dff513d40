import { join } from 'node:path';
import { expect, it } from 'vitest';
import { skipWhen } from '../fakes/skip-when.ts';
import { losingDisk, noPowerLossHere } from './power-loss/disk.ts';
import { ask, startWriter } from './power-loss/writer.ts';

const source = join(import.meta.dirname, '../../src/ledger');
const lacking = noPowerLossHere();

/** Three customers whose acknowledgements share an fsync, in a ledger whose folder is new, too. */
const writeAcknowledgements = `
  import { openLedger } from ${JSON.stringify(join(source, 'ledger-file.ts'))};
  const ledger = await openLedger(folder + '/site/ledger.jsonl');
  let number = 0;
  const customer = async () => {
    for (;;) {
      const ref = 'order-' + ++number;
      await ledger.append({ kind: 'intent', ref, at: 1 });
      await ledger.appendDurable({ kind: 'acknowledged', ref, id: number, at: 2 });
      console.log(ref);
    }
  };
  await Promise.all([customer(), customer(), customer()]);`;

const readLedger = `
  import { readFileSync } from 'node:fs';
  import { parseLedger } from ${JSON.stringify(join(source, 'entry.ts'))};
  const entries = parseLedger(readFileSync(folder + '/site/ledger.jsonl', 'utf8'));
  console.log(JSON.stringify(entries.filter(({ kind }) => kind === 'acknowledged').map(({ ref }) => ref)));`;

/** Loses the undurable, or the test of the durable would prove nothing. */
const writeIntent = `
  import { openLedger } from ${JSON.stringify(join(source, 'ledger-file.ts'))};
  const ledger = await openLedger(folder + '/ledger.jsonl');
  await ledger.append({ kind: 'intent', ref: 'order-1', at: 1 });
  console.log('handed to the kernel');
  setInterval(() => {}, 1000);`;

it('a loss of power takes no acknowledgement that was counted', async (context) => {
  skipWhen(context, lacking);
  const disk = await losingDisk();
  const writer = startWriter(disk, writeAcknowledgements);
  await writer.said(30);
  await disk.losePower(writer.process);
  expect(ask(disk, readLedger)).toEqual(expect.arrayContaining([...writer.lines]));
});

it('a loss of power takes an intent, which nobody counts', async (context) => {
  skipWhen(context, lacking);
  const disk = await losingDisk();
  const writer = startWriter(disk, writeIntent);
  await writer.said(1);
  await disk.losePower(writer.process);
  const text = ask(
    disk,
    `import { readFileSync } from 'node:fs';
     console.log(JSON.stringify(readFileSync(folder + '/ledger.jsonl', 'utf8')));`,
  );
  expect(text).toBe('');
});
