import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { ProgramInPod } from '../../src/ports/pod-programs.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { FolderStore } from '../../src/adapters/backup-stores/folder.ts';
import { newIdentity } from '../../src/backup/encryption.ts';
import type { BackupManifest, BackupPart, ClusterDetails } from '../../src/backup/manifest.ts';
import { filesPart } from '../../src/backup/physical/take-files.ts';
import { hasCaughtUp } from '../../src/backup/postgres/take-database.ts';
import { FilesCopy } from '../../src/backup/physical/files-copy.ts';
import { startCommands, unpackHere } from '../../src/backup/physical/unpack-here.ts';
import { decompressed } from '../../src/backup/physical/zstd.ts';
import { outputText, script } from '../../src/backup/program-output.ts';
import { readPart } from '../../src/backup/store-part.ts';
import { backUpWithFiles, proveWithFiles, type LabBackups } from '../fakes/lab-backup.ts';
import { freePort } from '../fakes/free-port.ts';
import { labContainers, noLabContainer } from '../fakes/lab-container.ts';
import { labBinaries, labPrimary, labStandby, psql, type LabServer } from '../fakes/lab-postgres.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const key = await newIdentity();
let root: string;
let backups: LabBackups;
let primary: LabServer;
let standby: LabServer;

const sql = (database: string, ...statements: readonly string[]) =>
  psql(backups.containers, primary, database, ...statements);

type FilesPart = BackupPart & { readonly of: ClusterDetails };

function filesOf({ parts }: BackupManifest): FilesPart {
  const part = parts.find((entry): entry is FilesPart => entry.of.kind === 'cluster');
  if (part === undefined) throw new Error('no files');
  return part;
}

const tarOf = (store: FolderStore, id: string, part: FilesPart) =>
  decompressed(readPart(store, id, part, [key.identity]), part.file);

beforeAll(async () => {
  if (noLabContainer !== undefined) return;
  root = mkdtempSync(path.join(tmpdir(), 'rekindle-files-'));
  const store = new FolderStore(path.join(root, 'backups'));
  backups = { containers: labContainers(), store, recipient: key.recipient, said: [] };
  // What must not be alive in the copy: an archive, a primary, a listener.
  const more =
    "archive_mode = on\narchive_command = 'touch /tmp/archived; true'\nmax_prepared_transactions = 5";
  primary = await labPrimary(backups.containers, 'db-0', { more });
  await sql('postgres', 'CREATE DATABASE shop');
  await sql(
    'shop',
    'CREATE TABLE orders (id int PRIMARY KEY, what text)',
    'INSERT INTO orders SELECT n, repeat(md5(n::text), 3) FROM generate_series(1, 20000) n',
    'CREATE TABLE goods (id int PRIMARY KEY, photo text)',
    // Out of line, in a TOAST table.
    `INSERT INTO goods SELECT n, (SELECT string_agg(md5((n * m)::text), '') FROM generate_series(1, 500) m) FROM generate_series(1, 20) n`,
    'CREATE TABLE ledger (id int PRIMARY KEY)',
  );
  standby = await labStandby(backups.containers, 'db-1', primary);
}, 120_000);

afterAll(() => {
  if (noLabContainer !== undefined) return;
  backups.containers.remove();
  rmSync(root, { recursive: true, force: true });
});

const longTest = { timeout: 120_000 };

test(
  'the files of the primary are proven by starting them, and hold what the dump holds',
  longTest,
  async (context) => {
    skipWhen(context, noLabContainer);
    await sql('shop', 'CREATE UNLOGGED TABLE baskets (id int)', 'INSERT INTO baskets VALUES (1)');
    const manifest = await backUpWithFiles(backups, { primary });
    await sql('shop', 'DROP TABLE baskets');
    expect(manifest.leftOut).toEqual([]);
    const { of } = filesOf(manifest);
    expect(of).toMatchObject({
      readFrom: 'primary',
      pod: 'db-0',
      timeline: 1,
      checksums: true,
      databases: [{ database: 'postgres' }, { database: 'shop' }, { database: 'template1' }],
    });
    const proof = await proveWithFiles(backups, manifest.id, key.identity);
    expect(proof).toMatchObject({ verdict: 'proven', reasons: [] });
    const said = proof.parts.find(({ file }) => file.includes('files.tar'))?.checked.join('\n');
    expect(said).toMatch(/pg_verifybackup found all \d+ files/);
    expect(said).toContain(
      '3 tables of shop have exactly the rows of its dump; 1 are unlogged: empty in the files, and in the dump only',
    );
    expect(said).toContain('in 3 databases');
    // What the server was told to do with its WAL, the copy was not.
    expect(existsSync(path.join(backups.containers.folderOf('db-0'), 'archived'))).toBe(true);
    expect(existsSync(path.join(backups.containers.folderOf('scratch'), 'archived'))).toBe(false);
    // Neither a slot nor a temporary copy stays.
    expect(await sql('postgres', 'SELECT count(*) FROM pg_replication_slots')).toBe('0\n');
  },
);

test('the files of a standby are a server of their own as well', longTest, async (context) => {
  skipWhen(context, noLabContainer);
  const manifest = await backUpWithFiles(backups, { primary, standby });
  expect(filesOf(manifest).of).toMatchObject({ readFrom: 'standby', pod: 'db-1' });
  expect(manifest.parts.at(-1)?.of).toMatchObject({ readFrom: 'standby' });
  const proof = await proveWithFiles(backups, manifest.id, key.identity);
  expect(proof).toMatchObject({ verdict: 'proven', reasons: [] });
  expect(JSON.stringify(proof.parts)).toContain('3 tables of shop have exactly the rows of its dump"');
});

test('a copy that cannot be removed is told, and what was proven stays proven', longTest, async (context) => {
  skipWhen(context, noLabContainer);
  const { containers } = backups;
  const manifest = await backUpWithFiles(backups, { primary });
  let removal: ProgramInPod | undefined;
  containers.before = (program) => {
    if (program.argv[2]?.includes('rm -rf "$1/copy"') !== true) return;
    removal = program;
    throw new Error('the API went away');
  };
  try {
    const proof = await proveWithFiles(backups, manifest.id, key.identity);
    expect(proof).toMatchObject({ verdict: 'proven', reasons: [] });
    expect(backups.said).toContain(
      'the copy of the server in scratch could not be removed: the API went away',
    );
  } finally {
    containers.before = () => undefined;
    if (removal !== undefined) await outputText(containers, removal);
  }
});

/** Writes rows one by one until it is told to end; each with the position that its acknowledgement had. */
function writing(first: number) {
  const acknowledged: { readonly id: number; readonly lsn: string }[] = [];
  const ending = new AbortController();
  const done = (async () => {
    for (let id = first; !ending.signal.aborted; id += 1) {
      const text = await sql(
        'shop',
        `INSERT INTO ledger VALUES (${id})`,
        'SELECT pg_current_wal_insert_lsn()',
      );
      acknowledged.push({ id, lsn: text.trim() });
    }
  })();
  return {
    acknowledged,
    end: async () => {
      ending.abort();
      await done;
    },
  };
}

test(
  'every row that was acknowledged before the end of the files is in them, whatever is written meanwhile',
  longTest,
  async (context) => {
    skipWhen(context, noLabContainer);
    const { containers, store } = backups;
    const ledger = writing(1);
    const manifest = await backUpWithFiles(backups, { primary, standby });
    await ledger.end();
    const part = filesOf(manifest);
    expect(ledger.acknowledged.length).toBeGreaterThan(5);
    const proof = await proveWithFiles(backups, manifest.id, key.identity);
    expect(proof).toMatchObject({ verdict: 'proven', reasons: [] });
    // The ledger was written to in between; the others must be the same.
    expect(JSON.stringify(proof.parts)).toMatch(
      /2 tables of shop have exactly the rows of its dump; 1 others were written|no table of shop was held against its dump: a transaction was/,
    );

    const place = { namespace: 'shop', pod: 'looked-into', container: 'postgres', folder: '/tmp/scratch' };
    const copy = new FilesCopy(containers, place, {
      binaries: labBinaries,
      preloaded: '',
      superuser: 'postgres',
    });
    await copy.prepare();
    await copy.unpack(tarOf(store, manifest.id, part), part.of.tarBytes);
    await copy.start(part.of.serverVersion, await copy.control());
    const lsns = ledger.acknowledged.map(({ id, lsn }) => `(${id}, '${lsn}'::pg_lsn)`).join(', ');
    try {
      const question = `SELECT id FROM (VALUES ${lsns}) AS a(id, lsn) WHERE lsn <= '${part.of.endLsn}' AND id NOT IN (SELECT id FROM ledger)`;
      expect(await psql(containers, copy.server, 'shop', question)).toBe('');
    } finally {
      await copy.remove();
    }
  },
);

test('a transaction that was open when the files end is no difference', longTest, async (context) => {
  skipWhen(context, noLabContainer);
  const { containers } = backups;
  const { namespace, pod, container } = primary;
  const argv = ['psql', '-X', '-q', '-U', 'postgres', '-h', '/tmp/run', '-d', 'shop'] as const;
  const open = await containers.start({ namespace, pod, container, argv: [...argv] }, { withInput: true });
  open.input.write("BEGIN; INSERT INTO goods VALUES (1000, 'late'); SELECT 'written';\n");
  await once(open.output, 'data');
  // It is committed after the files and before the dump.
  let isCommitted = false;
  containers.before = (program) => {
    if (isCommitted || !program.argv.join(' ').includes('pg_dumpall')) return;
    isCommitted = true;
    open.input.end('COMMIT;\n');
  };
  const manifest = await backUpWithFiles(backups, { primary });
  containers.before = () => undefined;
  await open.ended;
  expect(isCommitted).toBe(true);
  const proof = await proveWithFiles(backups, manifest.id, key.identity);
  await sql('shop', 'DELETE FROM goods WHERE id = 1000');
  expect(proof).toMatchObject({ verdict: 'proven', reasons: [] });
  expect(JSON.stringify(proof.parts)).toContain(
    'no table of shop was held against its dump: a transaction was open when the files end',
  );
});

test('an index that is wrong on the server already is found by reading it', longTest, async (context) => {
  skipWhen(context, noLabContainer);
  const { containers } = backups;
  const spoilt = await labPrimary(containers, 'spoilt', { initdb: '--no-sync' });
  const run = (...statements: readonly string[]) => psql(containers, spoilt, 'postgres', ...statements);
  await run(
    'CREATE TABLE orders (what text)',
    'INSERT INTO orders SELECT md5(n::text) FROM generate_series(1, 5000) n',
    'CREATE INDEX by_what ON orders (what)',
  );
  const file = (await run("SELECT pg_relation_filepath('by_what')")).trim();
  const control = (verb: string) => {
    const { namespace, pod, container } = spoilt;
    const text = `"$1/pg_ctl" -D /tmp/pg -w -l /tmp/pg.log ${verb} >/dev/null 2>&1`;
    const program = { namespace, pod, container, argv: script('pg_ctl', text, labBinaries) };
    return outputText(containers, program);
  };
  await control('stop');
  const index = path.join(containers.folderOf('spoilt'), 'pg', file);
  const bytes = readFileSync(index);
  const at = bytes.indexOf('c4ca4238a0b923820dcc509a6f75849b');
  expect(at).toBeGreaterThan(0);
  bytes[at + 31] = (bytes[at + 31] ?? 0) ^ 1;
  writeFileSync(index, bytes);
  await control('start');
  const manifest = await backUpWithFiles(backups, { primary: spoilt });
  const proof = await proveWithFiles(backups, manifest.id, key.identity);
  expect(proof.verdict).toBe('bad');
  expect(JSON.stringify(proof.parts)).toMatch(/pg_amcheck ended.*by_what/);
  // The dump does not use it.
  expect(proof.parts.filter(({ differences }) => differences.length > 0)).toHaveLength(1);
});

test(
  'a standby is used although what reading has written lies on a half-filled page of WAL',
  longTest,
  async (context) => {
    skipWhen(context, noLabContainer);
    const tools = { programs: backups.containers, clock: systemClock };
    const positions = 'SELECT pg_current_wal_lsn(), pg_current_wal_insert_lsn()';
    let isHalfFilled = false;
    for (let tries = 0; tries < 5 && !isHalfFilled; tries++) {
      const first = tries * 7000 + 100_000;
      await sql(
        'shop',
        `INSERT INTO orders SELECT n, md5(n::text) FROM generate_series(${first}, ${first + 6999}) n`,
      );
      // The first reading after a checkpoint writes hint bits, and nobody commits after it.
      await backUpWithFiles(backups, { primary });
      const [written, inserted] = (await sql('postgres', positions)).trim().split('|');
      isHalfFilled = written !== inserted;
      expect(await hasCaughtUp(tools, primary, standby, 'postgres')).toBe(true);
    }
    expect(isHalfFilled).toBe(true);
  },
);

test('tablespaces are refused with a reason, and the dumps are taken', longTest, async (context) => {
  skipWhen(context, noLabContainer);
  await sql('postgres', 'SET allow_in_place_tablespaces = on', "CREATE TABLESPACE elsewhere LOCATION ''");
  const manifest = await backUpWithFiles(backups, { primary });
  await sql('postgres', 'DROP TABLESPACE elsewhere');
  expect(manifest.leftOut).toMatchObject([
    { what: 'files of shop-db', why: expect.stringContaining('tablespaces as well (elsewhere)') },
  ]);
  expect(manifest.parts.map(({ of }) => of.kind)).toEqual(['roles', 'database']);
});

test(
  "where nobody may replicate over the socket, the standby's role comes by TCP with the password of its container",
  longTest,
  async (context) => {
    skipWhen(context, noLabContainer);
    const containers = labContainers();
    try {
      const port = String(await freePort());
      containers.environment = { PGPORT: port };
      // As in the operator's own image.
      const hba = `local all all trust
host replication standby 127.0.0.1/32 scram-sha-256
`;
      const server = await labPrimary(containers, 'db-0', { hba, more: "listen_addresses = '127.0.0.1'" });
      await psql(
        containers,
        server,
        'postgres',
        "CREATE ROLE standby LOGIN REPLICATION PASSWORD 'kept in the pod'",
      );
      const said: string[] = [];
      const tools = { programs: containers, clock: systemClock, say: (line: string) => void said.push(line) };
      const take = () =>
        filesPart(tools, 'shop-db', { primary: server }).take(async (plain) => {
          let bytes = 0;
          for await (const chunk of plain) bytes += chunk.length;
          return { file: 'x', bytes, sha256: '', storedBytes: bytes, storedSha256: '' };
        }, []);
      await expect(take()).rejects.toThrow(/no PGUSER_STANDBY and PGPASSWORD_STANDBY/);
      containers.environment = {
        PGPORT: port,
        PGUSER_STANDBY: 'standby',
        PGPASSWORD_STANDBY: 'kept in the pod',
      };
      const { stored, of } = await take();
      expect(of).toMatchObject({ kind: 'cluster', readFrom: 'primary' });
      expect(stored.bytes).toBeGreaterThan(1_000_000);
      const words = containers.started.filter((line) => !line.includes('CREATE ROLE'));
      expect(words.join('\n')).not.toContain('kept in the pod');
    } finally {
      containers.remove();
    }
  },
);

test(
  'the files are unpacked into a folder, and the printed commands start a server on them',
  longTest,
  async (context) => {
    skipWhen(context, noLabContainer);
    const { containers, store } = backups;
    const manifest = await backUpWithFiles(backups, { primary, standby });
    const part = filesOf(manifest);
    const where = containers.folderOf('rescue');
    // Each of its signs means something to a shell, to PostgreSQL's settings, or to both.
    const name = "it's rescued; here";
    const folder = path.join(where, name);
    const files = await unpackHere(tarOf(store, manifest.id, part), folder);
    expect(files).toBeGreaterThan(900);
    await expect(unpackHere(tarOf(store, manifest.id, part), folder)).rejects.toThrow(/there already/);
    // In its container the folder has another name, and another owner.
    const { uid, gid } = statSync(path.join(containers.folderOf('db-0'), 'pg'));
    execFileSync('chown', ['-R', `${uid}:${gid}`, folder]);
    const commands = startCommands(`/tmp/${name}`, 15).join('\n');
    const run = { namespace: 'shop', pod: 'rescue', container: 'postgres' };
    const told = await outputText(containers, {
      ...run,
      argv: script('rescue', `PATH=${labBinaries}:$PATH; set -e; { ${commands}\n} >/tmp/said; cat /tmp/said`),
    });
    expect(told).toContain('shop');
    // Whoever reaches it is its superuser: nobody else of this machine may.
    const socket = statSync(path.join(where, '.s.PGSQL.5432'));
    expect({ mode: socket.mode & 0o777, uid: socket.uid }).toEqual({ mode: 0o700, uid });
    await outputText(containers, {
      ...run,
      argv: script('stop', `"$1/pg_ctl" -D "$2" -m immediate stop >/dev/null`, labBinaries, `/tmp/${name}`),
    });
  },
);

test('of files that are damaged nothing is left', longTest, async (context) => {
  skipWhen(context, noLabContainer);
  const folder = path.join(root, 'none');
  const broken = Readable.from([Buffer.alloc(2048, 1)]) as AsyncIterable<Buffer>;
  await expect(unpackHere(broken, folder)).rejects.toThrow(/tar/i);
  expect(readdirSync(root)).not.toContain('none');
  expect(readdirSync(root).filter((name) => name.includes('.part'))).toEqual([]);
});
