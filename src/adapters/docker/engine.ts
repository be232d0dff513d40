import type { IncomingMessage } from 'node:http';

import { DeadlineExceeded, withDeadline, withIdleDeadline } from '../deadline.ts';
import { jsonLines } from '../json-lines.ts';
import { beating } from './beating.ts';
import { resolveEngineEndpoint, type EngineEndpoint } from './endpoint.ts';
import { engineUnreachable, EngineRefused, EngineUnreachable } from './errors.ts';
import { exchange, open, wholeBody, type EngineAnswer, type EngineRequest } from './exchange.ts';

/** Time for one request, ms. */
const requestDeadlineMs = 3000;

/** Time for a command in a container and for the start of a container, ms. */
const actionDeadlineMs = 20_000;

/** An archive may take as long as it likes, but not so long without a byte, ms. */
const idleMs = 20_000;

/** What is read of `GET /containers/ID/json` (Docker Engine API, 1.24 and later). */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount?: number;
  /** Id of the image that it was made from. */
  readonly Image?: string;
  readonly Config: {
    readonly Labels?: Readonly<Record<string, string>> | null;
    /** The name under which that image was asked for. */
    readonly Image?: string;
    readonly Env?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
  };
  readonly State: { readonly Status: string; readonly StartedAt: string; readonly ExitCode: number };
  readonly HostConfig: {
    readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
    readonly PortBindings?: PortBindings | null;
    /** `source:destination[:options]`. */
    readonly Binds?: readonly string[] | null;
    /** Limit, bytes; 0: none. */
    readonly Memory?: number;
  };
  readonly Mounts?: readonly InspectedMount[] | null;
  readonly NetworkSettings: {
    readonly Ports?: PortBindings | null;
    readonly Networks?: Readonly<
      Record<
        string,
        { readonly IPAddress?: string; readonly GlobalIPv6Address?: string; readonly Gateway?: string } | null
      >
    > | null;
  };
}

/** A mount point of a container (Docker Engine API, `MountPoint`). */
export interface InspectedMount {
  readonly Type?: string;
  readonly Name?: string;
  readonly Source?: string;
  readonly Destination?: string;
}

/** What is read of `GET /info` (Docker Engine API, `SystemInfo`). */
export interface EngineInfo {
  readonly Name?: string;
  readonly OperatingSystem?: string;
  readonly KernelVersion?: string;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly DockerRootDir?: string;
}

/** `30443/tcp` to the host addresses that are published for it. */
export type PortBindings = Readonly<
  Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
>;

interface TimedRequest extends EngineRequest {
  readonly deadlineMs?: number;
}

/**
 * The few calls of the Docker Engine API that Rekindle needs, over the engine's socket. Throws EngineUnreachable when
 * there is no answer and EngineRefused when the answer is no.
 */
export class DockerEngine {
  readonly endpoint: EngineEndpoint;

  constructor(endpoint: EngineEndpoint = resolveEngineEndpoint()) {
    this.endpoint = endpoint;
  }

  /** Ids of all containers that carry these labels (`key` or `key=value`), running or not. */
  async containerIds(labels: readonly string[]): Promise<readonly string[]> {
    return (await this.#list(labels)).map((container) => container.Id);
  }

  /** Values of one label over all containers that carry these labels, each once. */
  async labelValues(labels: readonly string[], label: string): Promise<readonly string[]> {
    const values = (await this.#list(labels)).map((container) => container.Labels?.[label]);
    return [...new Set(values.filter((value) => value !== undefined))];
  }

  /** The engine and its machine. */
  async info(): Promise<EngineInfo> {
    return (await this.#json({ method: 'GET', path: '/info' })) as EngineInfo;
  }

  /** Names of all volumes that carry these labels. */
  async volumeNames(labels: readonly string[]): Promise<readonly string[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: labels }));
    const found = (await this.#json({ method: 'GET', path: `/volumes?filters=${filters}` })) as {
      readonly Volumes?: readonly { readonly Name: string }[] | null;
    };
    return (found.Volumes ?? []).map(({ Name }) => Name);
  }

  /** Everything about one container; undefined when it is not there (any more). */
  async inspect(id: string): Promise<InspectedContainer | undefined> {
    return (await this.ask(`/containers/${encodeURIComponent(id)}/json`)) as InspectedContainer | undefined;
  }

  /** The answer to a GET; undefined when the engine does not have what it names (404). */
  async ask(path: string): Promise<unknown> {
    try {
      return await this.#json({ method: 'GET', path });
    } catch (error) {
      if (error instanceof EngineRefused && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Starts a container; harmless when it runs (the engine then answers 304). */
  async start(id: string): Promise<void> {
    const path = `/containers/${encodeURIComponent(id)}/start`;
    await this.#send({ method: 'POST', path, deadlineMs: actionDeadlineMs }, [204, 304]);
  }

  /** Ends everything in a container at once (SIGKILL); harmless when it does not run (the engine then answers 409). */
  async kill(id: string): Promise<void> {
    const path = `/containers/${encodeURIComponent(id)}/kill?signal=SIGKILL`;
    await this.#send({ method: 'POST', path, deadlineMs: actionDeadlineMs }, [204, 409]);
  }

  /** Stops a container, for which it gets a second, and starts it; one that does not run is only started. */
  async restart(id: string): Promise<void> {
    const path = `/containers/${encodeURIComponent(id)}/restart?t=1`;
    await this.#send({ method: 'POST', path, deadlineMs: actionDeadlineMs }, [204]);
  }

  /** Sets when the engine starts this container by itself (`POST /containers/ID/update`, Docker Engine API 1.24 and later). */
  async setRestartPolicy(id: string, name: string, maximumRetryCount: number): Promise<void> {
    const path = `/containers/${encodeURIComponent(id)}/update`;
    const body = { RestartPolicy: { Name: name, MaximumRetryCount: maximumRetryCount } };
    await this.#send({ method: 'POST', path, body }, [200]);
  }

  /**
   * Runs a command in a running container, waits for its end and resolves with what it printed. Throws EngineRefused when
   * its exit code is not 0.
   */
  async exec(id: string, command: readonly string[]): Promise<string> {
    const deadlineMs = actionDeadlineMs;
    const { Id: exec } = (await this.#json({
      method: 'POST',
      path: `/containers/${encodeURIComponent(id)}/exec`,
      body: { AttachStdout: true, AttachStderr: true, Tty: true, Cmd: command },
    })) as { readonly Id: string };
    const path = `/exec/${exec}/start`;
    // With a terminal the output comes as it is, without the frames that tell stdout and stderr apart.
    const output = await this.#send(
      { method: 'POST', path, body: { Detach: false, Tty: true }, deadlineMs },
      [200],
    );
    const { ExitCode: exitCode } = (await this.#json({ method: 'GET', path: `/exec/${exec}/json` })) as {
      readonly ExitCode: number | null;
    };
    if (exitCode === 0) return output.bytes.toString('utf8');
    throw new EngineRefused(undefined, {
      what: `The command ${command.join(' ')} failed with exit code ${exitCode ?? 'unknown'}`,
      cause: output.bytes.toString('utf8').trim().slice(-500) || 'it printed nothing',
      place: `container ${id}`,
      next: `Look at the container's log: docker logs ${id.slice(0, 12)}.`,
    });
  }

  /**
   * Events of containers that carry these labels, from now on (Docker Engine API, `GET /events`). Ends when the engine ends
   * the stream; throws EngineUnreachable when there is none or it breaks, and the signal's reason when that fires. Silence is
   * normal: there is no deadline after the head of the answer.
   */
  async *events(labels: readonly string[], signal: AbortSignal): AsyncGenerator {
    const filters = encodeURIComponent(JSON.stringify({ type: ['container'], label: labels }));
    const request = { method: 'GET', path: `/events?filters=${filters}` } as const;
    const unreachable = (error: unknown) => engineUnreachable(this.#place(request), error);
    const stop = new AbortController();
    const whole = AbortSignal.any([stop.signal, signal]);
    const late = setTimeout(() => stop.abort(new DeadlineExceeded(requestDeadlineMs)), requestDeadlineMs);
    try {
      const response = await this.#opened(request, whole, unreachable);
      clearTimeout(late);
      yield* jsonLines(beating(response, () => undefined, unreachable));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof EngineRefused || error instanceof EngineUnreachable ? error : unreachable(error);
    } finally {
      clearTimeout(late);
      stop.abort();
    }
  }

  /**
   * Sends one request and hands the body of a 200 to `use` while it comes. Ends it when no byte came for 20 s (or what the
   * request says) or `signal` fires. What `use` throws comes out as it is.
   */
  async download<T>(
    request: EngineRequest & { readonly idleMs?: number },
    use: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
    outer?: AbortSignal,
  ): Promise<T> {
    return withIdleDeadline(
      request.idleMs ?? idleMs,
      async (signal, beat) => {
        const unreachable = (error: unknown) =>
          engineUnreachable(this.#place(request), signal.aborted ? signal.reason : error);
        const response = await this.#opened(request, signal, unreachable);
        return use(beating(response, beat, unreachable));
      },
      outer,
    );
  }

  /** Sends one request with an archive and waits for a 200. Ends it when no byte of it was taken for 20 s. */
  async upload(request: EngineRequest & Required<Pick<EngineRequest, 'archive'>>): Promise<void> {
    const { bytes, chunks } = request.archive;
    let broken: unknown;
    try {
      const answer = await withIdleDeadline(idleMs, (signal, beat) => {
        const source = beating(chunks, beat, (error) => {
          broken = error;
          return error;
        });
        return exchange(this.endpoint, { ...request, archive: { bytes, chunks: source } }, signal);
      });
      if (answer.status !== 200) throw this.#refusal(request, answer);
    } catch (error) {
      if (broken !== undefined) throw broken;
      throw error instanceof EngineRefused ? error : engineUnreachable(this.#place(request), error);
    }
  }

  async #list(
    labels: readonly string[],
  ): Promise<readonly { readonly Id: string; readonly Labels?: Readonly<Record<string, string>> | null }[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: labels }));
    const found = await this.#json({ method: 'GET', path: `/containers/json?all=1&filters=${filters}` });
    return found as readonly { Id: string; Labels?: Record<string, string> | null }[];
  }

  async #json(request: TimedRequest): Promise<unknown> {
    const answer = await this.#send(request, [200, 201]);
    try {
      return JSON.parse(answer.bytes.toString('utf8'));
    } catch (error) {
      throw engineUnreachable(this.#place(request), error);
    }
  }

  async #send(request: TimedRequest, good: readonly number[]): Promise<EngineAnswer> {
    const answer = await this.#exchange(request);
    if (good.includes(answer.status)) return answer;
    throw this.#refusal(request, answer);
  }

  async #exchange(request: TimedRequest): Promise<EngineAnswer> {
    try {
      return await withDeadline(request.deadlineMs ?? requestDeadlineMs, (signal) =>
        exchange(this.endpoint, request, signal),
      );
    } catch (error) {
      throw engineUnreachable(this.#place(request), error);
    }
  }

  /** The answer to a request that the engine grants, with its body still to come. */
  async #opened(
    request: EngineRequest,
    signal: AbortSignal,
    unreachable: (error: unknown) => Error,
  ): Promise<IncomingMessage> {
    try {
      const response = await open(this.endpoint, request, signal);
      const { statusCode: status = 0 } = response;
      if (status === 200) return response;
      throw this.#refusal(request, { status, bytes: await wholeBody(response, signal) });
    } catch (error) {
      throw error instanceof EngineRefused ? error : unreachable(error);
    }
  }

  #refusal(request: EngineRequest, { status, bytes }: EngineAnswer): EngineRefused {
    return new EngineRefused(status, {
      what: `The container engine answered ${status}`,
      cause: messageOf(bytes.toString('utf8').trim()) || 'without a reason',
      place: this.#place(request),
      next: 'Read the reason: it is the engine that refuses.',
    });
  }

  #place(request: EngineRequest): string {
    const path = request.path.split('?', 1)[0] ?? '';
    return `${request.method} ${path} at ${this.endpoint.url}, from ${this.endpoint.from}`;
  }
}

/** The engine explains its errors as `{"message": "..."}`. */
function messageOf(text: string): string {
  try {
    const parsed = JSON.parse(text) as { message?: string } | null;
    return parsed?.message ?? text;
  } catch {
    // Plain text, as older engines and proxies send it: that is the message.
    return text.slice(0, 500);
  }
}
