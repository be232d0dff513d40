import type { RunningMachine } from '../source/machine.ts';

/** Environment of a program in the PC: nothing of the host's. */
const environment = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin', 'HOME=/root', 'LANG=C.UTF-8'];

/**
 * The argv that runs a program in the PC as root, as if somebody had typed it there: with its files, processes, network and
 * clock names. Its process is in the PC's namespaces and not in the PC's cgroup, so that a cut does not wait for it.
 */
export function insideArgv({ init }: RunningMachine, argv: readonly string[]): readonly string[] {
  const namespaces = ['--mount', '--pid', '--uts', '--ipc', '--net', '--cgroup', '--root'];
  const enter = ['nsenter', '--target', String(init.pid), ...namespaces, '--'];
  return [...enter, '/usr/bin/env', '-i', '--chdir=/', ...environment, ...argv];
}
