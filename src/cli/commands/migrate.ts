import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { parseMeasured, type Measured } from '../../migrate/measured.ts';
import { planMigration } from '../../migrate/plan-migration.ts';
import { readExport, type ReadExport } from '../../migrate/read-export.ts';
import type { DatabaseChoice, TargetId } from '../../migrate/target.ts';
import { targets } from '../../migrate/targets/index.ts';
import { writeFolder } from '../../migrate/write-folder.ts';
import { causeText } from '../../record/explained-error.ts';
import { answer } from '../answer.ts';
import type { Run } from '../command-manifest.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { MigrateOptions } from './migrate-options.ts';
import { migrationText } from './migrate-text.ts';

function databaseChoice(text: string | undefined): DatabaseChoice {
  if (text === undefined || text === 'operator') return 'operator';
  if (text === 'managed') return 'managed';
  throw new UsageError({
    what: `There is no database "${text}"`,
    cause: 'it is operator or managed',
    place: 'rekindle migrate --database',
    next: 'operator: the Zalando operator runs PostgreSQL there as it does here. managed: the provider does.',
  });
}

function measuredFrom(file: string | undefined): Measured | undefined {
  if (file === undefined) return undefined;
  const wrong = (cause: string) =>
    new UsageError({
      what: 'The measured numbers cannot be used',
      cause,
      place: file,
      next: 'It has databaseBytes, dumpSeconds, restoreSeconds and verifySeconds, of a proven backup: rekindle backup create --json',
    });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw wrong(causeText(error));
  }
  const parsed = parseMeasured(text);
  if ('measured' in parsed) return parsed.measured;
  throw wrong(parsed.problems.join('; '));
}

async function exportFrom(folder: string | undefined): Promise<ReadExport | undefined> {
  if (folder === undefined) return undefined;
  const wrong = (cause: string) =>
    new UsageError({
      what: 'The export cannot be read',
      cause,
      place: folder,
      next: 'Name the folder that `rekindle export --out FOLDER` has written.',
    });
  let read: ReadExport;
  try {
    read = await readExport(folder);
  } catch (error) {
    throw wrong(causeText(error));
  }
  if (read.manifests.length === 0) throw wrong(read.unread[0] ?? 'there is no Kubernetes object in it');
  return read;
}

function checkNew(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new UsageError({
      what: 'The folder was not written',
      cause: 'there is something in it, perhaps with changes of yours',
      place: folder,
      next: 'Name another one with --out, and compare: diff -r',
    });
}

async function run(id: TargetId, options: Parameters<Run<MigrateOptions>>[0]): Promise<number> {
  const out = options.out ?? `migrate-${id}`;
  const folder = path.resolve(out);
  try {
    checkNew(folder);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError({
      what: 'The folder was not written',
      cause: causeText(error),
      place: folder,
      next: 'Name a folder with --out.',
    });
  }
  const database = databaseChoice(options.database);
  const measured = measuredFrom(options.measured);
  const read = await exportFrom(options.from);
  const kit = targets[id];
  const { databaseService } = kit.target;
  if (database === 'managed' && typeof databaseService !== 'function')
    throw new UsageError({
      what: `${kit.target.title} has no managed database here`,
      cause: databaseService.why,
      place: 'rekindle migrate --database',
      next: 'Use --database operator, and move to the managed server by hand if you want it.',
    });
  const migration = planMigration({ kit, database, read, ...(measured !== undefined && { measured }) });
  try {
    writeFolder(folder, migration.files);
  } catch (error) {
    throw new UsageError({
      what: 'The folder was not written',
      cause: causeText(error),
      place: folder,
      next: 'See who may write there, or name another folder with --out.',
    });
  }
  const { changes, tasks, unread, toChoose, files } = migration;
  answer(options, 'migrate', {
    text: migrationText(migration, {
      out,
      title: kit.target.title,
      hasExport: read !== undefined,
      isMeasured: measured !== undefined,
    }),
    json: {
      target: id,
      database,
      folder,
      files: Object.keys(files).sort(),
      changes,
      tasks,
      unread,
      toChoose,
      measured: measured ?? null,
      notTried: kit.text.checked.concat('Nothing was applied to a cloud.'),
    },
  });
  return unread.length > 0 ? exitCodes.couldNotTell : exitCodes.healthy;
}

/**
 * `rekindle migrate gke|eks|aks`: writes a folder with everything that the way to the provider needs. 0 written; 2 written,
 * and parts of the export could not be read; 64 nothing was written.
 */
export function migrate(id: TargetId): Run<MigrateOptions> {
  return (options) => run(id, options);
}
