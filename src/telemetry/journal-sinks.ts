import { fstatSync, write } from 'node:fs';
import process from 'node:process';
import { promisify } from 'node:util';

import { execa } from 'execa';

import type { JournalEntry } from './journal-entry.ts';

/** One way to systemd's journal. */
export interface JournalSink {
  /** What reaches the journal this way, for the line that says which way was taken. */
  readonly name: string;
  /** Resolves when the entry is out of this process's hands. Rejects when it did not get there. */
  readonly write: (entry: JournalEntry) => Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Name of the descriptor that the unit passes: `OpenFile=/run/systemd/journal/socket:rekindle-journal` (systemd >= 253). */
const descriptorName = 'rekindle-journal';

/** The first descriptor that systemd passes (sd_listen_fds(3), SD_LISTEN_FDS_START). */
const firstDescriptor = 3;

const identifier = 'rekindle';

/** An entry as lines `NAME=value`; values are lines already, so that journald's form for others is not needed. */
function lines({ message, priority, fields }: JournalEntry): readonly string[] {
  return [
    `MESSAGE=${message}`,
    `PRIORITY=${priority}`,
    `SYSLOG_IDENTIFIER=${identifier}`,
    ...Object.entries(fields).map(([name, value]) => `REKINDLE_${name}=${value}`),
  ];
}

const writeTo = promisify(write);

/**
 * A socket to journald that systemd has opened for this process: Node cannot open one, for it has no Unix datagram sockets
 * (`node:dgram` is UDP), but it can write to one. One write is one entry (systemd.io/JOURNAL_NATIVE_PROTOCOL). Undefined when
 * none was passed.
 */
export function socketSink(environment: Environment = process.env): JournalSink | undefined {
  if (environment['LISTEN_PID'] !== String(process.pid)) return undefined;
  const index = (environment['LISTEN_FDNAMES'] ?? '').split(':').indexOf(descriptorName);
  if (index < 0 || index >= Number(environment['LISTEN_FDS'])) return undefined;
  const fd = firstDescriptor + index;
  if (!fstatSync(fd).isSocket()) return undefined;
  return {
    name: 'messages, priorities and fields, through a socket from systemd',
    write: async (entry) => {
      // Not writeSync: while journald does not read, the write waits, and the agent must not.
      await writeTo(fd, Buffer.from(`${lines(entry).join('\n')}\n`));
    },
  };
}

/** Longest time that `logger` may take, ms. */
const loggerMs = 5000;

/**
 * `logger --journald` of util-linux, one process for each entry: its path is absolute, for the agent has a minimal PATH. An entry
 * is journald's to attribute while the process lives, which ends at once: some are not found by the unit (`journalctl
 * -u`), all by `-t rekindle`. As root OBJECT_PID makes up for that; journald takes it from nobody else.
 */
export function loggerSink(program: string): JournalSink {
  return {
    name: `messages, priorities and fields, through ${program}`,
    write: async (entry) => {
      await execa(program, ['--journald'], {
        input: `${[...lines(entry), `OBJECT_PID=${process.pid}`].join('\n')}\n`,
        env: {},
        extendEnv: false,
        timeout: loggerMs,
        forceKillAfterDelay: 100,
      });
    },
  };
}

/** The stream of this process that leads to the journal, as systemd says it (systemd.exec(5), $JOURNAL_STREAM). */
export function streamToJournal(environment: Environment = process.env): NodeJS.WriteStream | undefined {
  const [device, inode] = (environment['JOURNAL_STREAM'] ?? '').split(':');
  return [process.stderr, process.stdout].find(({ fd }) => {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return String(dev) === device && String(ino) === inode;
  });
}

/** A line on a stream that leads to the journal: message and priority (sd-daemon(3)); there is no place for fields. */
export function streamSink(stream: Pick<NodeJS.WritableStream, 'write'>): JournalSink {
  return {
    name: 'messages and priorities, without fields',
    write: ({ priority, message }) =>
      new Promise((resolve, reject) => {
        stream.write(`<${priority}>${message}\n`, (error) => (error ? reject(error) : resolve()));
      }),
  };
}
