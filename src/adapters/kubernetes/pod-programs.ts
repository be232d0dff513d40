import { Readable, Writable } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';

import type { PodPrograms, ProgramEnd, ProgramInPod, RunningProgram } from '../../ports/pod-programs.ts';
import { causeText, ExplainedError } from '../../record/explained-error.ts';
import { ApiTransport } from './transport.ts';
import { closeWebSocket, openWebSocket, sendFrame, type WebSocket } from './web-socket.ts';

/** The connection ended before the kubelet said how the program did. */
export class ProgramLost extends ExplainedError {
  override readonly name = 'ProgramLost';
}

/** The container does not run, or has no such program: it may have neither a shell nor tar. */
export class ProgramNotStarted extends ExplainedError {
  override readonly name = 'ProgramNotStarted';
}

/**
 * How the kubelet says so (kubelet, server.go: "container not found"; containerd and runc: "failed to start exec ...: OCI runtime exec
 * failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH"). It is an internal error
 * like others, without an exit code.
 */
const notStarted =
  /OCI runtime exec failed|failed to start exec|executable file not found|container not found|is not running|CONTAINER_EXITED/i;

/** Channels of the protocol `v5.channel.k8s.io` (KEP 4006); `close` names a channel that has no more bytes. */
const channels = { input: 0, output: 1, error: 2, status: 3, close: 255 } as const;

/** Since this version the end of the input can be told. */
const protocolWithClose = 'v5.channel.k8s.io';

/** Time to open one, ms: the kubelet answers within milliseconds, or not at all. */
const openMs = 10_000;

/** So much of standard error is kept, from its end, characters. */
const complaintLength = 4000;

/** What the kubelet says at the end (apimachinery, metav1.Status): `Success`, or a failure with the exit code as a cause. */
const endStatus = z.object({
  status: z.string(),
  message: z.string().optional(),
  details: z
    .object({ causes: z.array(z.object({ reason: z.string().optional(), message: z.string().optional() })) })
    .partial()
    .optional(),
});

/** Exit code of a status; undefined when it tells of something else than a program that ended. */
function codeOf({ status, details }: z.infer<typeof endStatus>): number | undefined {
  if (status === 'Success') return 0;
  const text = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  return text === undefined ? undefined : Number(text);
}

class Program {
  readonly output: Readable;
  readonly input: Writable;
  readonly ended: Promise<ProgramEnd>;
  readonly #place: string;
  readonly #end = Promise.withResolvers<ProgramEnd>();
  #complaint = '';
  #isOver = false;
  #socket: WebSocket | undefined;

  constructor(place: string) {
    this.#place = place;
    this.ended = this.#end.promise;
    // Whoever only reads the output learns of a broken connection there.
    this.ended.catch(() => undefined);
    this.output = new Readable({
      read: () => {
        if (this.#socket?.isPaused === true) this.#socket.resume();
      },
      destroy: (error, done) => {
        this.stop();
        done(error);
      },
    });
    this.output.on('error', () => undefined);
    this.input = new Writable({
      write: (chunk: Buffer, _encoding, done) => this.#send(channels.input, chunk, done),
      final: (done) => this.#endInput(done),
    });
    this.input.on('error', () => undefined);
  }

  attach(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('close', () => this.#lost('the API closed the connection'));
    socket.on('error', (error) => this.#lost(causeText(error)));
  }

  /** One frame; false closes the web socket. */
  receive(channel: number, bytes: Buffer): boolean {
    if (channel === channels.output) {
      if (bytes.length > 0 && !this.output.push(bytes)) this.#socket?.pause();
    } else if (channel === channels.error) {
      this.#complaint = `${this.#complaint}${bytes.toString('utf8')}`.slice(-complaintLength);
    } else if (channel === channels.status) {
      return this.#finish(bytes.toString('utf8'));
    }
    return true;
  }

  stop(): void {
    if (this.#socket !== undefined) closeWebSocket(this.#socket);
    this.#lost('it was stopped');
  }

  #finish(text: string): boolean {
    const status = endStatus.safeParse(json(text));
    const code = status.success ? codeOf(status.data) : undefined;
    if (code === undefined) {
      this.#failed(status.success ? (status.data.message ?? text) : text);
      return false;
    }
    this.#isOver = true;
    this.output.push(null);
    this.#end.resolve({ code, complaint: this.#complaint.trim() });
    return false;
  }

  /** The kubelet's own words, in place of how the program ended. */
  #failed(cause: string): void {
    if (!notStarted.test(cause)) {
      this.#lost(cause);
      return;
    }
    const what = 'A program in a pod could not be started';
    const next = 'Look whether the container runs, and whether its image has this program.';
    this.#over(new ProgramNotStarted({ what, cause, place: this.#place, next }));
  }

  #lost(cause: string): void {
    const next = 'Run it again: what was begun is not used.';
    this.#over(new ProgramLost({ what: 'A program in a pod was lost', cause, place: this.#place, next }));
  }

  /** Nothing that comes after its end is a loss: by then everything was handed over. */
  #over(error: ExplainedError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#end.reject(error);
    this.output.destroy(error);
    this.input.destroy(error);
  }

  #send(channel: number, bytes: Buffer, done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    if (socket === undefined || socket.readyState !== socket.OPEN) {
      done(new Error('the connection to the program is closed'));
      return;
    }
    sendFrame(socket, channel, bytes, { sent: done, failed: (error) => this.#lost(causeText(error)) });
  }

  #endInput(done: (error?: Error | null) => void): void {
    // An older API server cannot be told; programs are given how much they are to read as well.
    if (this.#socket?.protocol === protocolWithClose)
      this.#send(channels.close, Buffer.of(channels.input), done);
    else done();
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pathOf({ namespace, pod, container, argv }: ProgramInPod, withInput: boolean): string {
  const query = new URLSearchParams({ container, stdout: 'true', stderr: 'true', stdin: String(withInput) });
  for (const word of argv) query.append('command', word);
  const pods = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  return `${pods}/${encodeURIComponent(pod)}/exec?${query.toString()}`;
}

/** Programs in the pods of the cluster that this kubeconfig is bound to. */
export function createPodPrograms(config: KubeConfig): PodPrograms {
  const transport = new ApiTransport(config);
  return {
    async start(program, { withInput = false } = {}): Promise<RunningProgram> {
      const { namespace, pod, container, argv } = program;
      const running = new Program(`${argv[0]} in ${namespace}/${pod}, container ${container}`);
      const receive = (channel: number, bytes: Buffer): boolean => running.receive(channel, bytes);
      running.attach(await openWebSocket(transport, pathOf(program, withInput), openMs, receive));
      return {
        input: running.input,
        output: running.output,
        ended: running.ended,
        stop: () => running.stop(),
      };
    },
  };
}
