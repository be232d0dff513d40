// `npm run results -- table | check | schema | replay ROW`: the README's table is made from the raw runs, and checked.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import { format, resolveConfig } from 'prettier';

import { openLab } from '../lab/lab.ts';
import { reportSchema } from '../src/readiness/format/json.ts';
import { usualLimitSeconds } from './agenda.ts';
import { readAlwaysOn } from './always-on-store.ts';
import { alwaysOnTable } from './always-on-table.ts';
import { codeState } from './code-state.ts';
import { blockOf, type BlockName, withBlock } from './readme-block.ts';
import { readCases } from './refusals/case-store.ts';
import { refusalsTable } from './refusals/table.ts';
import { runFileSchema, type RunRow } from './run-row.ts';
import { rowText, runOnce } from './run-once.ts';
import { logDigest, readRuns } from './run-store.ts';
import { resultsTable } from './table.ts';
import { readWayOut } from './way-out-store.ts';
import { wayOutTable } from './way-out-table.ts';

const root = path.dirname(import.meta.dirname);
const readme = path.join(root, 'README.md');
const schema = path.join(root, 'results', 'power-cut.schema.json');
const schemaOfReports = path.join(root, 'docs', 'report.schema.json');

const blocks: readonly BlockName[] = ['power-cut', 'refusals', 'always-on', 'way-out'];

const tables: Readonly<Record<BlockName, () => Promise<string>>> = {
  'power-cut': async () => resultsTable((await readRuns()).runs),
  refusals: async () => refusalsTable((await readCases()).cases),
  'always-on': async () => alwaysOnTable(await readAlwaysOn()),
  'way-out': async () => wayOutTable(await readWayOut()),
};

/** What stands in the README's block of that name, made from nothing but the raw file. */
async function block(name: BlockName): Promise<string> {
  const config = await resolveConfig(readme);
  return (await format(await tables[name](), { ...config, parser: 'markdown' })).trim();
}

async function table(): Promise<number> {
  let text = await readFile(readme, 'utf8');
  for (const name of blocks) text = withBlock(text, name, await block(name));
  await writeFile(readme, text);
  return 0;
}

/** Blocks that are not made from the rows as they are. */
async function staleBlocks(): Promise<readonly string[]> {
  const text = await readFile(readme, 'utf8');
  const made = await Promise.all(blocks.map((name) => block(name)));
  return blocks
    .filter((name, index) => blockOf(text, name) !== made[index])
    .map((name) => `README.md: the table ${name} is not made from the rows`);
}

async function writeSchema(): Promise<number> {
  await writeFile(schema, runFileSchema());
  await writeFile(schemaOfReports, reportSchema());
  return 0;
}

/** Everything in which README, schema, rows and raw logs disagree. */
async function disagreements(): Promise<readonly string[]> {
  const { runs } = await readRuns();
  const { cases } = await readCases();
  const { harden, reboots, kills } = await readAlwaysOn();
  const { fromNothing } = await readWayOut();
  const logs = await Promise.all(
    [...runs, ...cases, ...harden, ...reboots, ...kills, ...fromNothing].map(async ({ id, log }) => {
      const digest = await logDigest(log.path);
      return digest === log.sha256
        ? []
        : [`${id}: ${log.path} is ${digest === undefined ? 'missing' : 'changed'}`];
    }),
  );
  const ids = new Set(runs.map((row) => row.id));
  return [
    ...logs.flat(),
    ...(ids.size === runs.length ? [] : ['two rows have the same id']),
    ...((await readFile(schema, 'utf8')) === runFileSchema()
      ? []
      : ['the schema file is not the current one']),
    ...(await staleBlocks()),
  ];
}

async function check(): Promise<number> {
  const found = await disagreements();
  for (const line of found) process.stderr.write(`results: ${line}\n`);
  return found.length === 0 ? 0 : 1;
}

function rowNamed(runs: readonly RunRow[], name: string): RunRow {
  const row = runs.find(({ id }) => id === name) ?? runs[Number(name) - 1];
  if (row === undefined)
    throw new Error(`there is no row ${name}: give an id, or a number from 1 to ${runs.length}`);
  return row;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function keepNoLog(): Promise<RunRow['log']> {
  return Promise.resolve({ path: '', sha256: '' });
}

/** Repeats one row with its fault, arm and seed and prints both; keeps nothing. */
async function replay(name: string): Promise<number> {
  const row = rowNamed((await readRuns()).runs, name);
  const state = await codeState();
  if (state.code !== row.code)
    process.stderr.write(`this is not the code of the row; check out ${row.commit} to repeat it exactly\n`);
  const lab = await openLab({ log: say });
  await lab.up();
  await lab.deployExample();
  const limitSeconds = row.limitSeconds ?? usualLimitSeconds;
  const again = await runOnce(lab, { ...row, limitSeconds }, { state, tell: say, keepLog: keepNoLog });
  process.stdout.write(`then: ${rowText(row)}\nnow:  ${rowText(again)}\n`);
  return again.verified === row.verified && again.lost === row.lost ? 0 : 1;
}

async function main(): Promise<number> {
  const [command = '', name = ''] = process.argv.slice(2);
  if (command === 'table') return table();
  if (command === 'check') return check();
  if (command === 'schema') return writeSchema();
  if (command === 'replay') return replay(name);
  process.stderr.write('usage: npm run results -- table | check | schema | replay ROW\n');
  return 64;
}

process.exitCode = await main();
