import { type ServiceSpec, targetArguments } from '../service-spec.ts';
import { hardening } from './hardening.ts';
import { recordLine, recordSection } from './install-record.ts';
import { assignment, commandLine, pathList } from './quoting.ts';

/** A value, several lines of one key, or nothing for a setting that is left out. */
export type Setting = readonly [key: string, value: string | undefined];

/** Name of the agent's unit, in both managers. */
export const unitName = 'rekindle.service';

/** Name of the unit that tries once, before the agent is installed, whether it could work. */
export const selfTestName = 'rekindle-self-test.service';

/** The oldest systemd whose settings are all known; `systemd-notify` waits for its message since (NEWS of 246). */
export const oldestSystemd = 246;

/** Since when a unit's restarts can become slower and slower, RestartSteps= (NEWS of 254). */
const growingSince = 254;

/** Since when systemd opens files and sockets for a service, OpenFile= (NEWS of 253). */
const opensFilesSince = 253;

/** systemd's journal, under the name that the agent looks for (`src/telemetry/journal-sinks.ts`); without it it goes on. */
const journalSocket = '/run/systemd/journal/socket:rekindle-journal:graceful';

/** How long the agent may be silent before it is ended and started again, s. */
export const watchdogSeconds = 30;

/** Starts within `startLimitSeconds` after which systemd gives up; with growing pauses they are never reached. */
const startLimit = { starts: 30, seconds: 600 } as const;

/** One section of a unit. */
export function section(name: string, settings: readonly Setting[]): string {
  const lines = settings.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  return `[${name}]\n${lines.join('\n')}\n`;
}

/** What comes before: the engine (of a rootless Docker it is a unit of the user's manager) and file systems. */
export function order({ needs }: ServiceSpec): readonly Setting[] {
  return [
    ['After', 'docker.service'],
    ['RequiresMountsFor', pathList(needs)],
  ];
}

/** Where and as whom the program runs: the same for the agent, for its self-test and for backups. */
export function surroundings({ scope, account, environment, writes }: ServiceSpec): readonly Setting[] {
  const system = scope === 'system';
  return [
    ['User', system ? account.name : undefined],
    ['WorkingDirectory', '/'],
    ...Object.entries(environment).map(([name, value]): Setting => ['Environment', assignment(name, value)]),
    // One thread works and a few wait for it: glibc would keep a pool of memory for each (mallopt(3)).
    ['Environment', 'MALLOC_ARENA_MAX=1'],
    // A user's manager hands on what that user's sessions gave it.
    ['UnsetEnvironment', 'NODE_OPTIONS NODE_EXTRA_CA_CERTS LD_PRELOAD LD_LIBRARY_PATH'],
    ['StandardInput', 'null'],
    // A folder that somebody removed is told by the agent in its own words; without the dash systemd would fail in its.
    ['ReadWritePaths', system ? pathList(writes, '-') : undefined],
    ...hardening(scope),
  ];
}

/**
 * Restarts after 2 s; where systemd can, more and more slowly, up to half a minute, and then without an end. Not more:
 * systemd does not count anew after a start that went well (systemd issue 43813), so any later crash waits as long.
 */
function restarts(systemd: number): readonly Setting[] {
  const always: readonly Setting[] = [
    ['Restart', 'always'],
    ['RestartSec', '2'],
  ];
  if (systemd < growingSince) return always;
  return [...always, ['RestartSteps', '5'], ['RestartMaxDelaySec', '30']];
}

/**
 * The agent's unit for this version of systemd. NotifyAccess is `all` because a child of the agent sends its messages
 * (`notify.ts`). KillMode is `mixed`: only the agent itself is asked to end, so that k3d is not cut off in the middle.
 * Throws NotWritableInUnit.
 */
export function systemdUnit(spec: ServiceSpec, systemd: number): string {
  const { scope, program, record } = spec;
  const service: readonly Setting[] = [
    ['Type', 'notify'],
    ['NotifyAccess', 'all'],
    ['ExecStart', commandLine([...program, 'watch', ...targetArguments(record.options)])],
    ['WatchdogSec', `${watchdogSeconds}`],
    // A machine that has just been booted is busy.
    ['TimeoutStartSec', '120'],
    ['TimeoutStopSec', '30'],
    ['KillMode', 'mixed'],
    ['OOMPolicy', 'continue'],
    // What an interrupted command ends with.
    ['SuccessExitStatus', '130'],
    ...restarts(systemd),
    ['SyslogIdentifier', 'rekindle'],
    ['OpenFile', systemd < opensFilesSince ? undefined : journalSocket],
    ...surroundings(spec),
  ];
  return [
    `# Written by rekindle ${record.version}. Change it with \`rekindle service install\`, or add to it with \`systemctl edit\`.`,
    section('Unit', [
      ['Description', 'Rekindle: brings the local cluster back and keeps it up'],
      // In a user's manager nothing is wanted: there may be no such unit.
      ['Wants', scope === 'system' ? 'docker.service' : undefined],
      ...order(spec),
      ['StartLimitIntervalSec', `${startLimit.seconds}`],
      ['StartLimitBurst', `${startLimit.starts}`],
    ]),
    section('Service', service),
    section('Install', [['WantedBy', scope === 'system' ? 'multi-user.target' : 'default.target']]),
    `[${recordSection}]\n${recordLine(record)}\n`,
  ].join('\n');
}

/** The self-test as a unit with the same user, environment and limits; what it prints goes to the file `output`. */
export function selfTestUnit(spec: ServiceSpec, output: string): string {
  const { program, record } = spec;
  const service: readonly Setting[] = [
    ['Type', 'oneshot'],
    [
      'ExecStart',
      commandLine([...program, 'service', 'self-test', '--json', ...targetArguments(record.options)]),
    ],
    ['TimeoutStartSec', '60'],
    ...surroundings(spec),
    // Opened by the manager before it closes the file system.
    ['StandardOutput', `file:${output.replaceAll('%', '%%')}`],
    ['StandardError', 'journal'],
  ];
  // It wants nothing: an installation that is refused must not have started the engine.
  const unit = section('Unit', [['Description', 'Rekindle: can the agent work here?'], ...order(spec)]);
  return [unit, section('Service', service)].join('\n');
}
