import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { ExplainedError } from '../../record/explained-error.ts';
import { redact } from '../../record/redact.ts';
import type { DockerEngine } from '../docker/engine.ts';

/** `k3d` is missing or failed. */
export class K3dFailed extends ExplainedError {
  override readonly name = 'K3dFailed';
}

/** What k3d is to do. */
export interface K3dRun {
  readonly args: readonly string[];
  /** What could not be done when it fails, and what the reader can do. */
  readonly what: string;
  readonly next: string;
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The names by which Go programs know a proxy (golang.org/x/net/http/httpproxy), in capitals or not. */
const proxyNames: ReadonlySet<string> = new Set(['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']);

/** The engine and the cluster are on this machine: a proxy has no business between them and k3d. */
function withoutProxies(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !proxyNames.has(name.toLowerCase())),
  );
}

/** Runs k3d against the very engine that was observed, whatever else the environment says. Resolves with its output. */
export async function runK3d(engine: DockerEngine, environment: Environment, run: K3dRun): Promise<string> {
  const { args, what, next, seconds, signal } = run;
  const tool = k3dTool(environment);
  const result = await execa(tool, args, {
    env: { ...withoutProxies(environment), DOCKER_HOST: engine.endpoint.url, NO_COLOR: '1' },
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: seconds * 1000,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (signal?.aborted === true) throw signal.reason;
  if (!result.failed) return result.stdout;
  const output = complaintOf(result.all ?? '');
  throw new K3dFailed({
    what,
    cause: redact(output || (result.shortMessage ?? 'without a word')),
    place: `${tool} ${args.join(' ')}`,
    next,
  });
}

/**
 * Why k3d failed, of all that it printed: its errors where it marks some (github.com/sirupsen/logrus), because what it says last is how it
 * takes everything back; else its last words. One line.
 */
export function complaintOf(printed: string): string {
  const lines = stripVTControlCharacters(printed).trim().split('\n');
  const errors = lines.filter((line) => /^(?:ERRO|FATA)\[/.test(line));
  return (errors.length > 0 ? errors : lines).slice(-3).join(' ');
}

/** Names k3d where PATH is not the user's own: the unit of a service has it. */
const k3dVariable = 'REKINDLE_K3D';

/** Absolute path of k3d: what REKINDLE_K3D says, else by PATH. Throws K3dFailed. */
function k3dTool(environment: Environment): string {
  const named = environment[k3dVariable];
  if (!named) return findTool('k3d', environment['PATH'] ?? '');
  if (isAbsolute(named) && isExecutable(named)) return named;
  throw new K3dFailed({
    what: 'k3d cannot be run',
    cause: `${k3dVariable} names no executable file`,
    place: named,
    next: 'Install k3d there, or let `rekindle service install` look for it again.',
  });
}

/** Path and version of the k3d that would be used: it is run, and asks nobody. Throws K3dFailed. */
export async function k3dVersion(environment: Environment = process.env): Promise<string> {
  const tool = k3dTool(environment);
  const {
    failed,
    stdout,
    shortMessage = '',
  } = await execa(tool, ['version'], {
    env: withoutProxies(environment),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: 20_000,
  });
  if (!failed) return `${tool}, ${stdout.split('\n')[0] ?? ''}`;
  throw new K3dFailed({
    what: 'k3d cannot be run',
    cause: redact(shortMessage),
    place: tool,
    next: 'Try it by hand: k3d version.',
  });
}

/** Absolute path of a tool by PATH. A relative entry is left out: it would mean another tool in every folder. */
function findTool(name: string, path: string): string {
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  const found = folders.map((folder) => join(folder, name)).find((file) => isExecutable(file));
  if (found !== undefined) return found;
  throw new K3dFailed({
    what: `The tool ${name} is missing`,
    cause: 'no folder of PATH has it',
    place: path,
    next: 'Install k3d (https://k3d.io), or put it into PATH.',
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not ours to run: the next folder is asked, and the caller says so when there is none.
    return false;
  }
}
