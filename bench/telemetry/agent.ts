// A process with what the agent has loaded anyway, and with or without its telemetry; `bench/telemetry-cost.ts` measures it.
// Its only argument: `nothing`, `metrics` or `metrics and spans`. Each line of standard input asks for a figure.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';

import { readInputs } from '../../src/app/wire.ts';
import { couldNotLook } from '../../src/domain/looked.ts';
import type { Observation } from '../../src/domain/observation.ts';

/** How often the agent visits the front door while all is well, ms. */
const visitEveryMs = 15_000;

const [, , what = '', listen = ''] = process.argv;

// Loads the clients of Kubernetes, Docker and PostgreSQL, as the agent does; nothing is asked of them.
if (typeof readInputs !== 'function') throw new Error('the adapters are not loaded');

const nothing = { steps: [], refusals: [], tasks: [], waits: [], hopes: [] };
const unseen = couldNotLook<never>('not asked', 'nobody', 0);
const observation = new Proxy({ at: 0 }, { get: () => unseen }) as Observation;

async function start(): Promise<void> {
  if (what === 'nothing') return;
  // Not before: the variant without it must not load what it is made of.
  const { createTelemetry } = await import('../../src/telemetry/index.ts');
  const telemetry = await createTelemetry({
    version: '0.1.0',
    stack: () => 'shop',
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    listen,
    longestSilenceMs: 60_000,
    tell: (line) => process.stderr.write(`${line}\n`),
  });
  setInterval(() => telemetry.looked('healthy'), visitEveryMs);
  telemetry.passed({ observation, findings: [], plan: nothing });
}

/** Memory in use, MB: all of it, and what is not merely pages of files that others share (proc(5), RssAnon). */
function memory(): { readonly rssMb: number; readonly anonMb: number } {
  const status = readFileSync('/proc/self/status', 'utf8');
  const mb = (name: string) =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 102.4) / 10;
  return { rssMb: mb('VmRSS'), anonMb: mb('RssAnon') };
}

async function main(): Promise<void> {
  await start();
  createInterface({ input: process.stdin }).on('line', () => {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    process.stdout.write(`${JSON.stringify({ ...memory(), cpuMs: (user + system) / 1000 })}\n`);
  });
  process.stdout.write('ready\n');
}

void main();
