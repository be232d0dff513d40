import { Bench, type Change, type Task } from './bench.ts';
import { oldStack } from './facts.ts';
import { hclFiles } from './infra/render-hcl.ts';
import { pulumiFiles } from './infra/render-pulumi.ts';
import type { Measured } from './measured.ts';
import { withoutPlainSecrets } from './plain-secrets/in-manifest.ts';
import { needsOf } from './needs.ts';
import { baseFiles, overlayFiles, type Files } from './overlay.ts';
import type { ReadExport } from './read-export.ts';
import { rules } from './rewrites/index.ts';
import type { DatabaseChoice } from './target.ts';
import type { TargetKit } from './targets/index.ts';
import { changesText, tasksText } from './text/changes.ts';
import { imageFiles } from './text/images.ts';
import { platformFiles } from './text/platform.ts';
import { readmeText } from './text/readme.ts';
import { restorePodFile } from './text/restore-pod.ts';
import { runbookText } from './text/runbook.ts';
import { scriptFiles } from './text/scripts.ts';

/** What a migration is planned from. */
export interface MigrationInput {
  readonly kit: TargetKit;
  readonly database: DatabaseChoice;
  /** Undefined where there is no export: then there is no overlay either. */
  readonly read: ReadExport | undefined;
  readonly measured?: Measured;
}

/** The folder, and what a person is told about it. */
export interface Migration {
  /** Text of each file, by its path in the folder. */
  readonly files: Files;
  readonly changes: readonly Change[];
  readonly tasks: readonly Task[];
  readonly unread: readonly string[];
  /** Names of variables that only a person can give. */
  readonly toChoose: readonly string[];
}

const under = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

/** Rules that give files a new place: whoever they touched has files to be copied. */
const filesRules = new Set(['empty-dir', 'host-path']);

/** Plans the whole folder. Pure: the same input gives the same bytes. */
export function planMigration({ kit, database, read, measured }: MigrationInput): Migration {
  const manifests = (read?.manifests ?? []).map(withoutPlainSecrets);
  const unread = read?.unread ?? [];
  const bench = new Bench(manifests);
  const { target, text } = kit;
  for (const rule of rules)
    rule.run(bench, { target, database, ...(measured !== undefined && { measured }) });
  const needs = needsOf(bench, database, measured);
  const program = kit.program(needs);
  const moves = bench.changes.filter(({ rule }) => filesRules.has(rule));
  const old = oldStack(manifests, {
    moved: new Set(moves.map(({ object }) => object)),
    shared: bench.sharing,
  });
  const hasObjects = manifests.length > 0;
  const context = {
    id: target.id,
    title: target.title,
    text,
    needs,
    old,
    bench,
    program,
    unread,
    hasObjects,
    hasManaged: typeof target.databaseService === 'function',
    ...(measured !== undefined && { measured }),
  };
  const { base, overlay } = { base: baseFiles(bench), overlay: overlayFiles(bench, target.title) };
  const files: Files = {
    'README.md': readmeText(context),
    'cut-over.md': runbookText(context),
    ...under('pulumi', pulumiFiles(program, needs.name)),
    ...under('tofu', hclFiles(program)),
    ...under('scripts', scriptFiles(needs, bench.images, text)),
    ...(hasObjects && {
      'changes.md': changesText(bench, target.title),
      'tasks.md': tasksText(bench, unread),
      ...under('kubernetes/base', base),
      ...under(`kubernetes/overlays/${target.id}`, overlay),
      ...under('kubernetes', restorePodFile(needs)),
      ...under('platform', platformFiles(needs)),
      ...under('images', imageFiles(bench.images)),
    }),
  };
  return {
    files,
    changes: bench.changes,
    tasks: bench.tasks,
    unread,
    toChoose: program.variables.filter(({ default: usual }) => usual === undefined).map(({ name }) => name),
  };
}
