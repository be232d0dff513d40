import { runCommand, type CommandResult } from './command.ts';

type Run = (argv: readonly string[]) => Promise<CommandResult>;

/** Asks the machine's own Docker service; a missing client or service both mean "no". */
async function dockerWorks(run: Run): Promise<boolean> {
  try {
    return (await run(['docker', 'info', '--format', '{{.ServerVersion}}'])).exitCode === 0;
  } catch {
    return false;
  }
}

/**
 * REKINDLE_LAB_BACKEND when it is set, else `docker` where the machine has a Docker service that answers, else
 * `source`. Throws on a value that names no backend.
 */
export async function chooseBackend(
  env: Readonly<Record<string, string | undefined>>,
  run: Run = (argv) => runCommand(argv, { timeoutSeconds: 10 }),
): Promise<'source' | 'docker'> {
  const wished = env['REKINDLE_LAB_BACKEND'];
  if (wished === 'source' || wished === 'docker') return wished;
  if (wished !== undefined && wished !== '') {
    throw new Error(`REKINDLE_LAB_BACKEND is ${wished}; it can be source or docker`);
  }
  return (await dockerWorks(run)) ? 'docker' : 'source';
}
