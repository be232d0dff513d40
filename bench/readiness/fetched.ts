import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { output, runCommand } from '../../lab/command.ts';
import type { RecallInput } from './inputs.ts';

/** Where the git repository of an input is expected: `owner+name`, bare or not. */
export function repositoryFolder(repositories: string, { repository }: RecallInput): string {
  return path.join(repositories, repository.replace('/', '+'));
}

/** Why an input cannot be measured here; undefined where it can. */
export async function lackingRepository(
  repositories: string,
  input: RecallInput,
): Promise<string | undefined> {
  const folder = repositoryFolder(repositories, input);
  const { repository, commit } = input;
  const { exitCode } = await runCommand(['git', '-C', folder, 'cat-file', '-e', `${commit}^{commit}`]);
  return exitCode === 0
    ? undefined
    : `${folder} does not hold ${commit}: git clone https://github.com/${repository} ${folder}`;
}

async function git(folder: string, ...words: readonly string[]): Promise<string> {
  return output(['git', '-C', folder, ...words]);
}

async function filesAt(folder: string, commit: string, at: string): Promise<readonly string[]> {
  const names = (await git(folder, 'ls-tree', '-r', '--name-only', commit, '--', at)).trim().split('\n');
  return names.filter((name) => name !== '');
}

/** Files of a commit with their texts, below `to`, by the names that they have there. Throws CommandFailed. */
async function extract(folder: string, commit: string, at: string, to: string): Promise<void> {
  for (const name of await filesAt(folder, commit, at)) {
    const file = path.join(to, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, await git(folder, 'show', `${commit}:${name}`));
  }
}

/**
 * Puts the manifests of an input into a folder: files as they are at its commit, or its chart as helm renders it. Throws
 * CommandFailed, also when the repository lacks that commit.
 */
export async function materialise(
  repositories: string,
  input: RecallInput,
  { to, helm }: { readonly to: string; readonly helm: string },
): Promise<void> {
  const folder = repositoryFolder(repositories, input);
  const { commit, paths = [], chart, namespace } = input;
  for (const at of paths) await extract(folder, commit, at, to);
  if (chart === undefined) return;
  const source = path.join(to, '..', `${input.name}-chart`);
  await extract(folder, commit, chart.path, source);
  const root = path.join(source, chart.path);
  const words = chart.set.flatMap((value) => ['--set', value]);
  const values = path.join(root, chart.values);
  const rendered = await output([
    helm,
    'template',
    input.name,
    root,
    '--namespace',
    namespace,
    '--values',
    values,
    '--no-hooks',
    '--kube-version',
    'v1.34.4',
    ...words,
  ]);
  writeFileSync(path.join(to, 'rendered.yaml'), rendered);
}
