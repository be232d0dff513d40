// `npm run bench:corruptions [-- --allow-dirty]`: a backup of the lab's shop after some orders, then copies of it, each spoilt in another way, given
// to `rekindle backup verify`. One row of results/way-out.json for each; the untouched copy before and after must be proven.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { z } from 'zod';

import type { Lab } from '../lab/lab.ts';
import { FolderStore } from '../src/adapters/backup-stores/folder.ts';
import { newIdentity } from '../src/backup/encryption.ts';
import { keysOrNew, readKeys } from '../src/backup/keys.ts';
import { partsOf } from '../src/backup/manifest.ts';
import { shelved } from '../src/backup/shelf.ts';
import type { CorruptionRow } from './backup/corruption-row.ts';
import { BackupCopy, corruptions, type GoodBackup } from './backup/corruptions.ts';
import { measuredCode, readyLab, say } from './begin.ts';
import type { CodeState } from './code-state.ts';
import { openSite, startWriters } from './rig/ledger-processes.ts';
import { giveRights } from './rig/give-rights.ts';
import { runRekindle } from './rig/rekindle-command.ts';
import { waitUntilSettled } from './rig/settled.ts';
import { appendWayOut } from './way-out-store.ts';

const { values } = parseArgs({ options: { 'allow-dirty': { type: 'boolean', default: false } } });

const stackFile = 'examples/jewelry-shop/rekindle.yaml';
const orders = 300;

const verified = z.object({
  proof: z.object({
    verdict: z.string(),
    parts: z.array(z.object({ file: z.string(), differences: z.array(z.string()) })),
    reasons: z.array(z.string()),
  }),
});

/** A proven backup of the shop with these orders in it. */
async function goodBackup(lab: Lab, folder: string, keyFile: string): Promise<GoodBackup> {
  const writers = startWriters(await openSite(lab, folder, `corruptions-${Date.now()}`));
  await writers.waitForOrders(orders, 120);
  await writers.stop();
  const store = path.join(folder, 'good');
  const create = ['backup', 'create', '--at', store, '--key', keyFile];
  const { exitCode, stderr } = await runRekindle(lab, stackFile, create);
  if (exitCode !== 0) throw new Error(`backup create ended with ${exitCode}: ${stderr}`);
  const shelf = new FolderStore(store);
  const [id = ''] = await shelf.ids();
  const { manifest } = await shelved(shelf, id, undefined);
  if (manifest === undefined) throw new Error('the new backup has no manifest');
  const database = partsOf(manifest, 'database').find(({ of }) => of.tables.length > 0);
  const [roles] = partsOf(manifest, 'roles');
  if (database === undefined || roles === undefined)
    throw new Error('the backup lacks a database or the roles');
  const { identities, recipient } = await readKeys(keyFile);
  return {
    root: store,
    manifest,
    key: { identity: identities[0] ?? '', recipient },
    stranger: await newIdentity(),
    dump: database.file,
    roles: roles.file,
    role: database.of.made.owner,
  };
}

interface Case {
  readonly name: string;
  readonly expected: CorruptionRow['expected'];
  readonly told: RegExp;
  readonly keyFile: string;
  /** Makes the folder that is verified. */
  readonly folder: () => Promise<string>;
}

const exitCodes: Readonly<Record<CorruptionRow['expected'], number>> = {
  proven: 0,
  bad: 1,
  'could-not-tell': 2,
};

async function examine(
  lab: Lab,
  id: string,
  { name, expected, told, keyFile, folder }: Case,
  state: CodeState,
): Promise<CorruptionRow> {
  const startedAt = new Date().toISOString();
  const place = await folder();
  const start = process.hrtime.bigint();
  const words = ['backup', 'verify', id, '--at', place, '--key', keyFile];
  const { exitCode, json, stderr } = await runRekindle(lab, stackFile, words);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  await rm(place, { recursive: true });
  const parsed = verified.safeParse(json);
  if (!parsed.success) throw new Error(`${name}: backup verify ended with ${exitCode}: ${stderr}`);
  const { verdict, parts, reasons } = parsed.data.proof;
  const differences = parts.flatMap((part) => part.differences.map((text) => `${part.file}: ${text}`));
  const said = [...differences, ...reasons].join('; ');
  const asExpected = verdict === expected && exitCode === exitCodes[expected] && told.test(said);
  return { ...state, startedAt, corruption: name, expected, exitCode, verdict, said, asExpected, seconds };
}

function casesOf(good: GoodBackup, folder: string, keys: { readonly own: string; readonly other: string }) {
  const copy = (name: string) => new BackupCopy(good, path.join(folder, name.replaceAll(' ', '-')));
  const untouched = (name: string): Case => ({
    name,
    expected: 'proven',
    told: /^$/,
    keyFile: keys.own,
    folder: () => Promise.resolve(copy(name).folder),
  });
  const spoilt = corruptions.map(({ name, verdict, told, spoil }): Case => ({
    name,
    expected: verdict,
    told,
    keyFile: keys.own,
    folder: async () => {
      const spoiling = copy(name);
      await spoil(spoiling);
      return spoiling.folder;
    },
  }));
  const wrongKey: Case = {
    ...untouched('the wrong key'),
    expected: 'could-not-tell',
    told: /key is none of those/,
    keyFile: keys.other,
  };
  return [untouched('none, before the others'), ...spoilt, wrongKey, untouched('none, after the others')];
}

async function main(): Promise<number> {
  const state = await measuredCode(values['allow-dirty']);
  if (state === undefined) return 1;
  const lab = await readyLab();
  await giveRights(lab, 'rekindle-backup');
  await waitUntilSettled(lab, 150);
  const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-corruptions-'));
  try {
    const keys = {
      own: path.join(folder, 'own', 'backup.key'),
      other: path.join(folder, 'other', 'backup.key'),
    };
    await keysOrNew(keys.other);
    const good = await goodBackup(lab, folder, keys.own);
    const rows: CorruptionRow[] = [];
    for (const one of casesOf(good, folder, keys)) {
      const row = await examine(lab, good.manifest.id, one, state);
      await appendWayOut('corruptions', [row]);
      say(
        `${row.asExpected ? 'as expected' : 'NOT AS EXPECTED'}: ${row.corruption}: ${row.verdict}; ${row.said}`,
      );
      rows.push(row);
    }
    return rows.every(({ asExpected }) => asExpected) ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

process.exitCode = await main();
