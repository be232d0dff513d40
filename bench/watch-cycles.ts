// `npm run bench:watch [-- --cycles N]`: the agent on a clock of its own, with a real journal: a month of faults in some
// minutes. Samples memory, handles and the journal after each cycle; one row of results/always-on.json per run.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { SqliteJournal } from '../src/adapters/stores/sqlite-journal.ts';
import { WatchWorld } from '../test/fakes/watch-world.ts';
import { appendAlwaysOn, type CycleSample } from './always-on-store.ts';
import { codeState } from './code-state.ts';
import { seededRandom } from './rig/random.ts';

const { values } = parseArgs({ options: { cycles: { type: 'string', default: '1000' } } });

/** Longer than an incident and its quiet time; an hour's budget is not reached. */
const cycleMs = 40 * 60_000;

const kinds = ['none', 'shunned', 'shunned twice', 'goes by itself', 'agent down'] as const;
type Kind = (typeof kinds)[number];

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function inject(kind: Kind, { shop }: WatchWorld): void {
  shop.reloads.length = 0;
  shop.starts.length = 0;
  shop.helpsAt = kind === 'shunned twice' ? 2 : 1;
  shop.isShunned = kind !== 'none' && kind !== 'agent down';
  shop.isAgentDown = kind === 'agent down';
  if (kind !== 'goes by itself') return;
  shop.clock.at(shop.clock.monotonic() + 12_000, () => {
    shop.isShunned = false;
  });
}

function sample(kind: Kind, cycle: number, world: WatchWorld, file: string): CycleSample {
  collect();
  const { heapUsed, rss } = process.memoryUsage();
  const { shop } = world;
  return {
    cycle,
    kind,
    isUsable: !shop.isShunned && !shop.isAgentDown,
    actions: shop.reloads.length + shop.starts.length,
    heapBytes: heapUsed,
    rssBytes: rss,
    openFiles: readdirSync('/proc/self/fd').length,
    timers: process.getActiveResourcesInfo().length,
    journalBytes: statSync(file).size + statSync(`${file}-wal`).size,
    events: shop.journal.events().length,
  };
}

async function main(): Promise<void> {
  const cycles = Number(values.cycles);
  const folder = mkdtempSync(path.join(tmpdir(), 'rekindle-cycles-'));
  const file = path.join(folder, 'journal.db');
  const journal = SqliteJournal.open(file);
  const startedAt = new Date().toISOString();
  const began = performance.now();
  try {
    const world = new WatchWorld({}, journal);
    const choose = seededRandom(1);
    const samples: CycleSample[] = [];
    let kind: Kind = 'none';
    for (let cycle = 0; cycle < cycles; cycle += 1)
      world.shop.clock.at((cycle + 1) * cycleMs, () => {
        samples.push(sample(kind, cycle + 1, world, file));
        world.notices.length = 0;
        world.states.length = 0;
        kind = kinds[Math.floor(choose() * kinds.length)] ?? 'none';
        inject(kind, world);
        if ((cycle + 1) % 50 === 0) process.stderr.write(`${cycle + 1} of ${cycles} cycles\n`);
      });
    await world.run((cycles + 0.5) * cycleMs);
    const { commit, code, dirty } = await codeState();
    const seconds = (performance.now() - began) / 1000;
    await appendAlwaysOn('cycles', { commit, code, dirty, startedAt, seconds, seed: 1, cycleMs, samples });
  } finally {
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
