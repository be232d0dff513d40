import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import process from 'node:process';
import { createInterface } from 'node:readline';

import { plainLine } from '../domain/plain-text.ts';
import { noSupervisor, type Supervisor } from '../ports/supervisor.ts';
import { redact } from '../record/redact.ts';
import { systemTool } from './tools.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The service manager as a supervisor (sd_notify(3)). A status is one line without secrets, and the last one counts. */
export interface SdNotify extends Supervisor {
  /** How often `watchdog` is to be called, ms: a third of the time that the manager waits; undefined when it does not. */
  readonly watchdogEveryMs: number | undefined;
  /** Resolves when everything that was said has been taken or given up, which takes seconds at most. */
  readonly flushed: () => Promise<void>;
}

export interface SdNotifyOptions {
  readonly environment?: Environment;
  /** Takes one line when the manager could not be told something: it may then end the agent for its silence. */
  readonly lost: (why: string) => void;
  /** How long one message may take, ms. */
  readonly patienceMs?: number;
}

/**
 * A child that sends what it reads, one message a line, and answers each with what the tool said and its exit code, both
 * through one pipe: of two, the code may be read before the words. Node has no datagram sockets
 * of the Unix kind, and a fork of this process for each message would copy its page tables: 2.8 ms of CPU with 170 MB in use
 * against 0.4 ms for a line to this shell, which has 1.7 MB (measured, Node 24.21). It ends when its input does, that
 * is with this process. `systemd-notify` waits until the manager has taken the message (since systemd 246), so it is
 * still there when the manager looks up whose it is; the manager must allow it with NotifyAccess=all (systemd issue 24516).
 */
const helper = 'exec 2>&1; while IFS= read -r line; do "$0" "$line"; echo "exit code $?"; done';

/** How the helper ends each answer. */
const answerEnd = /^exit code \d+$/;

/** `systemd-notify` itself gives up after 5 s (src/notify/notify.c); later the helper hangs and is replaced, ms. */
const patience = 10_000;

/** Longest line of a status, characters. */
const longestStatus = 300;

const socketVariable = 'NOTIFY_SOCKET';

/** A message is sent once more when the helper was lost with it. */
const mostTries = 2;

interface Message {
  readonly kind: string;
  readonly text: string;
  readonly tries: number;
}

/** Sends messages through one helper at a time; keeps the newest of each kind while one is on its way. */
class HelperNotify implements SdNotify {
  readonly watchdogEveryMs: number | undefined;
  readonly #tool: string;
  readonly #socket: string;
  readonly #lost: (why: string) => void;
  readonly #patienceMs: number;
  /** By kind, in the order in which they were first said. */
  readonly #waiting = new Map<string, Message>();
  #onItsWay: Message | undefined;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];

  constructor(tool: string, environment: Environment, { lost, patienceMs = patience }: SdNotifyOptions) {
    this.#tool = tool;
    this.#socket = environment[socketVariable] ?? '';
    this.#lost = lost;
    this.#patienceMs = patienceMs;
    this.watchdogEveryMs = watchdogEveryMs(environment);
  }

  ready = () => this.#say('ready', 'READY=1');
  status = (text: string) => this.#say('status', `STATUS=${plainLine(redact(text), longestStatus)}`);
  watchdog = () => this.#say('watchdog', 'WATCHDOG=1');
  stopping = () => this.#say('stopping', 'STOPPING=1');

  flushed = (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle.push(resolve);
    this.#next();
    return promise;
  };

  #say(kind: string, text: string): void {
    this.#waiting.set(kind, { kind, text, tries: 0 });
    this.#next();
  }

  #next(): void {
    if (this.#onItsWay !== undefined) return;
    const [message] = this.#waiting.values();
    if (message === undefined) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    this.#waiting.delete(message.kind);
    this.#onItsWay = message;
    // The only thing of the helper that keeps this process from ending.
    this.#timer = setTimeout(() => this.#drop('it did not answer'), this.#patienceMs);
    this.#child ??= this.#start();
    this.#child.stdin?.write(`${message.text}\n`);
  }

  #start(): ChildProcess {
    const child: ChildProcess = spawn('/bin/sh', ['-c', helper, this.#tool], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { [socketVariable]: this.#socket, LC_ALL: 'C.UTF-8' },
    });
    child.unref();
    for (const pipe of [child.stdin, child.stdout]) {
      // The streams of a child are sockets, which its types do not say.
      (pipe as Socket | null)?.unref();
      // One that breaks is told once, by `close`.
      pipe?.on('error', () => undefined);
    }
    let complaint = '';
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (!answerEnd.test(line)) {
          complaint = `${complaint} ${line}`.slice(-longestStatus);
          return;
        }
        if (line !== 'exit code 0') this.#lost(`systemd-notify: ${plainLine(complaint) || line}`);
        complaint = '';
        if (child === this.#child) this.#done();
      });
    child.on('error', (error) => this.#gone(child, error.message));
    child.on('close', (code, signal) => this.#gone(child, `it ended with ${signal ?? code}`));
    return child;
  }

  #done(): void {
    clearTimeout(this.#timer);
    this.#onItsWay = undefined;
    this.#next();
  }

  #drop(why: string): void {
    const child = this.#child;
    if (child === undefined) return;
    child.kill('SIGKILL');
    this.#gone(child, why);
  }

  #gone(child: ChildProcess, why: string): void {
    if (child !== this.#child) return;
    this.#child = undefined;
    this.#lost(`the helper that talks to systemd is gone: ${why}`);
    const message = this.#onItsWay;
    if (message === undefined) return;
    const tries = message.tries + 1;
    // A newer one of its kind says more than this one.
    if (tries < mostTries && !this.#waiting.has(message.kind))
      this.#waiting.set(message.kind, { ...message, tries });
    this.#done();
  }
}

/** A third of what the manager waits for, so that one message may be lost; it is meant for one process only (sd_watchdog_enabled(3)). */
function watchdogEveryMs(environment: Environment): number | undefined {
  const { WATCHDOG_USEC: micros, WATCHDOG_PID: pid } = environment;
  if (!micros || !/^\d+$/.test(micros) || Number(micros) === 0) return undefined;
  if (pid && pid !== String(process.pid)) return undefined;
  return Number(micros) / 3000;
}

const silent: SdNotify = {
  ...noSupervisor,
  watchdogEveryMs: undefined,
  flushed: () => Promise.resolve(),
};

/**
 * The way to the service manager that started this process: a path or an abstract name in NOTIFY_SOCKET. Without one, as
 * in a terminal, nothing is said to nobody. `REKINDLE_SYSTEMD_NOTIFY` names the tool, else it is looked for where
 * distributions have it; without it `lost` is told at once.
 */
export function sdNotify(options: SdNotifyOptions): SdNotify {
  const environment = options.environment ?? process.env;
  if (!environment[socketVariable]) return silent;
  const tool = environment['REKINDLE_SYSTEMD_NOTIFY'] || systemTool('systemd-notify');
  if (tool !== undefined) return new HelperNotify(tool, environment, options);
  options.lost('systemd-notify is not there, so that systemd cannot be told anything');
  return silent;
}
