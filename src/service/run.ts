import { execa } from 'execa';

/** How a program ended. */
export interface Ran {
  /** Undefined when it was ended by a signal or ran out of time. */
  readonly code: number | undefined;
  readonly stdout: string;
  /** What it said on standard error, on one line. */
  readonly said: string;
}

/** Runs a program, without a shell. Throws when it cannot be started. */
export type Run = (argv: readonly string[], environment?: Readonly<Record<string, string>>) => Promise<Ran>;

/** Nothing that is asked here takes longer; a start waits until the agent is ready (TimeoutStartSec of its unit), ms. */
const longestMs = 180_000;

/** Words that are not translated, times in this zone, no pager, no colours. */
const plainly = {
  LC_ALL: 'C.UTF-8',
  SYSTEMD_COLORS: '0',
  SYSTEMD_PAGER: '',
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
};

/** Runs a program of this machine by its absolute path; it gets the given variables and no others of this process. */
export const runProgram: Run = async ([program = '', ...args], environment = {}) => {
  const ended = await execa(program, args, {
    env: { ...plainly, ...environment },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: longestMs,
    // execa's own search would look into PATH for a path without a slash.
    preferLocal: false,
  });
  if (ended.exitCode === undefined && ended.signal === undefined && !ended.timedOut)
    throw new Error(ended.shortMessage ?? `${program} could not be started`, { cause: ended });
  const said = ended.stderr.trim().replaceAll(/\s*\n\s*/g, ' ');
  return {
    code: ended.exitCode,
    stdout: ended.stdout,
    said: ended.timedOut ? `${said} (no end in time)` : said,
  };
};
