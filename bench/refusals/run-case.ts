import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { execa } from 'execa';

import type { Lab } from '../../lab/lab.ts';
import { isWrite, requestsSince } from '../rig/audit-log.ts';
import { waitUntilSettled } from '../rig/settled.ts';
import type { CodeState } from '../code-state.ts';
import type { Ended, RefusalCase, RunOptions, Site } from './define-case.ts';
import { exampleTarget } from './example-target.ts';
import type { RefusalCaseRow } from './row.ts';

const root = path.dirname(path.dirname(import.meta.dirname));
const usual = ['up', '--json', ...exampleTarget];

/** A program that has not ended after this long is ended: then the case has failed. */
const limitMs = 400_000;

/** Runs the release in the lab's network, with a state folder of this case's own. */
async function runRekindle(lab: Lab, folder: string, options: RunOptions): Promise<Ended> {
  const { size } = await stat(lab.auditLog);
  const { through = (argv: readonly string[]) => argv } = options;
  const release = path.join(root, 'dist', 'rekindle.js');
  const [program = '', ...argv] = lab.command(
    through([process.execPath, release, ...(options.args ?? usual)]),
  );
  const env = { ...lab.env(), XDG_STATE_HOME: path.join(folder, 'state'), ...options.env };
  const start = performance.now();
  const child = execa(program, argv, { cwd: root, env, reject: false, timeout: limitMs, stdin: 'ignore' });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} could not be started`);
  try {
    await options.meanwhile?.(pid);
  } catch (error) {
    child.kill('SIGKILL');
    await child;
    throw error;
  }
  const { exitCode, signal, stdout, stderr } = await child;
  const seconds = (performance.now() - start) / 1000;
  const requests = await requestsSince(lab.auditLog, size, 'rekindle');
  const writes = requests.filter((event) => isWrite(event)).length;
  return { exitCode: exitCode ?? 128, signal, stdout, stderr, seconds, requests, writes };
}

/** What fits the expectation, or the last words where nothing does. */
function saidOf({ stdout, stderr }: Ended, says: RegExp): { readonly fits: boolean; readonly said: string } {
  const text = `${stderr}\n${stdout}`;
  const match = says.exec(text)?.[0];
  if (match !== undefined) return { fits: true, said: match.slice(0, 300) };
  return { fits: false, said: text.trim().split('\n').at(-1)?.slice(0, 300) ?? '' };
}

export interface CaseContext {
  readonly state: CodeState;
  readonly keepLog: (name: string, text: string) => Promise<RefusalCaseRow['log']>;
}

/** Runs one case and keeps its raw log. Throws when the case itself could not be set up or left something changed. */
export async function runCase(
  lab: Lab,
  given: RefusalCase,
  { state, keepLog }: CaseContext,
): Promise<RefusalCaseRow> {
  if (given.needsWholeStack) await waitUntilSettled(lab, 300);
  const folder = await mkdtemp(path.join(tmpdir(), 'rekindle-case-'));
  const startedAt = new Date();
  try {
    const journal = path.join(folder, 'state', 'rekindle', 'journal.db');
    const site: Site = {
      lab,
      folder,
      journal,
      rekindle: (options = {}) => runRekindle(lab, folder, options),
    };
    const ended = await given.run(site);
    const { expected, id, title } = given;
    const { fits, said } = saidOf(ended, expected.says);
    const writes = expected.writes ?? 0;
    return {
      id,
      title,
      expected: { exitCode: expected.exitCode, says: expected.says.source, writes },
      seen: { exitCode: ended.exitCode, said, writes: ended.writes },
      ok: fits && ended.exitCode === expected.exitCode && (writes === 'any' || ended.writes <= writes),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      commit: state.commit,
      code: state.code,
      startedAt: startedAt.toISOString(),
      log: await keepLog(
        `refusal-${id}-${startedAt.getTime()}`,
        `== exit code ${ended.exitCode}, writes ${ended.writes}\n== stdout\n${ended.stdout}\n== stderr\n${ended.stderr}\n`,
      ),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
