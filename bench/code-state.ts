import { createHash } from 'node:crypto';
import path from 'node:path';

import { execa } from 'execa';

const root = path.dirname(import.meta.dirname);

/** Folders and files that can change what a run measures. Tests and texts cannot. */
const paths = [
  'src',
  'lab',
  'examples',
  'deploy',
  'bench/rig',
  'scripts/bundle.ts',
  'scripts/release',
  'package-lock.json',
  ':(exclude)*.test.ts',
  ':(exclude)*.md',
];

async function git(...args: string[]): Promise<string> {
  return (await execa('git', args, { cwd: root })).stdout;
}

export interface CodeState {
  readonly commit: string;
  readonly code: string;
  readonly dirty: boolean;
}

/** Names the code that a run is about to measure. Throws outside a git checkout. */
export async function codeState(): Promise<CodeState> {
  const tree = await git('ls-tree', '-r', 'HEAD', '--full-tree');
  const tracked = new Set((await git('ls-files', '--', ...paths)).split('\n'));
  const measured = tree.split('\n').filter((line) => tracked.has(line.split('\t')[1] ?? ''));
  return {
    commit: (await git('rev-parse', 'HEAD')).trim(),
    code: createHash('sha256').update(measured.join('\n')).digest('hex').slice(0, 16),
    dirty: (await git('status', '--porcelain', '--', ...paths)) !== '',
  };
}
