// `node bench/telemetry-cost.ts`: what metrics and spans cost an agent that has nothing to do, and what a scrape costs. Writes
// results/telemetry-cost.json. Takes about six minutes; other work on the machine makes CPU times a little longer, not shorter.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';

import { build } from 'esbuild';

import { freePort } from '../test/fakes/free-port.ts';
import { codeState } from './code-state.ts';

const root = path.dirname(import.meta.dirname);

const variants = ['nothing', 'metrics', 'metrics and spans'] as const;
type Variant = (typeof variants)[number];

/** Each variant is measured so often; the median counts. */
const repeats = 3;

const idleSeconds = 20;
const scrapes = 1000;

/** Fewer than the server turns away, so that each one is answered. */
const scrapesPerSecond = 18;

interface Memory {
  readonly rssMb: number;
  /** Without pages of files. */
  readonly anonMb: number;
}

interface Figure extends Memory {
  readonly cpuMs: number;
}

interface Row {
  readonly variant: Variant;
  readonly idle: Memory;
  readonly idleCpuPercent: number;
  readonly scrapeCpuMs?: number;
  readonly afterScrapes?: Memory;
  readonly scrapeBytes?: number;
}

/** One file, as a release is: reading many would count for more than what they do. */
async function bundleAgent(folder: string): Promise<string> {
  const outfile = path.join(folder, 'agent.cjs');
  const entryPoints = [path.join(import.meta.dirname, 'telemetry', 'agent.ts')];
  const common = { bundle: true, platform: 'node', format: 'cjs', target: 'node22.19' } as const;
  await build({ entryPoints, outfile, ...common, external: ['pg-native'], logLevel: 'error' });
  return outfile;
}

async function startAgent(file: string, variant: Variant, listen: string) {
  const env = {
    ...process.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: variant === 'metrics and spans' ? 'http://127.0.0.1:9' : '',
  };
  const child = spawn(process.execPath, ['--expose-gc', file, variant, listen], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    figure: async (): Promise<Figure> => {
      child.stdin.write('\n');
      return JSON.parse(String((await lines.next()).value)) as Figure;
    },
    end: async () => {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

async function scrapeAll(listen: string): Promise<number> {
  let bytes = 0;
  for (let count = 0; count < scrapes; count += 1) {
    const response = await fetch(`http://${listen}/metrics`);
    if (response.status !== 200) throw new Error(`scrape ${count}: ${response.status}`);
    bytes = (await response.arrayBuffer()).byteLength;
    await setTimeout(1000 / scrapesPerSecond);
  }
  return bytes;
}

const memoryOf = ({ rssMb, anonMb }: Figure): Memory => ({ rssMb, anonMb });

async function measure(file: string, variant: Variant): Promise<Row> {
  const listen = `127.0.0.1:${await freePort()}`;
  const agent = await startAgent(file, variant, listen);
  try {
    // What loading has left behind is cleaned up before it counts.
    await agent.figure();
    await setTimeout(2000);
    const before = await agent.figure();
    await setTimeout(idleSeconds * 1000);
    const idle = await agent.figure();
    const idleCpuPercent = Math.round((idle.cpuMs - before.cpuMs) / idleSeconds) / 10;
    const row = { variant, idle: memoryOf(idle), idleCpuPercent };
    if (variant !== 'metrics') return row;
    const scrapeBytes = await scrapeAll(listen);
    const after = await agent.figure();
    const scrapeCpuMs = Math.round(((after.cpuMs - idle.cpuMs) / scrapes) * 100) / 100;
    return { ...row, scrapeCpuMs, afterScrapes: memoryOf(after), scrapeBytes };
  } finally {
    await agent.end();
  }
}

const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-cost-'));
try {
  const file = await bundleAgent(folder);
  const rows: Row[] = [];
  for (let count = 0; count < repeats; count += 1)
    for (const variant of variants) {
      rows.push(await measure(file, variant));
      process.stderr.write(`${JSON.stringify(rows.at(-1))}\n`);
    }
  const { commit, dirty } = await codeState();
  const result = {
    schema: 'rekindle.dev/v1alpha1/telemetry-cost',
    commit,
    dirty,
    node: process.version,
    idleSeconds,
    scrapes,
    rows,
  };
  await writeFile(
    path.join(root, 'results', 'telemetry-cost.json'),
    `${JSON.stringify(result, undefined, 1)}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
