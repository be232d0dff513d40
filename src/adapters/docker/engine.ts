import http from 'node:http';
import type { FileReading, NodeFile } from '../../ports/cluster-provider.ts';
import { withDeadline } from '../deadline.ts';
import { FileInArchive } from './file-in-archive.ts';
import { fileToArchive } from './file-to-archive.ts';
import { filesInArchive } from './folder-in-archive.ts';
import { resolveEngineEndpoint, type EngineEndpoint } from './endpoint.ts';
import { engineUnreachable, EngineRefused } from './errors.ts';

/** Time for one request, ms. */
const requestDeadlineMs = 3000;

/** Time for a command in a container and for the start of a container, ms. */
const actionDeadlineMs = 20_000;

/** What is read of `GET /containers/ID/json` (Docker Engine API, 1.24 and later). */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount?: number;
  readonly Config: { readonly Labels?: Readonly<Record<string, string>> | null };
  readonly State: { readonly Status: string; readonly StartedAt: string; readonly ExitCode: number };
  readonly HostConfig: {
    readonly RestartPolicy?: { readonly Name?: string };
    readonly PortBindings?: PortBindings | null;
  };
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

/** `30443/tcp` to the host addresses that are published for it. */
export type PortBindings = Readonly<
  Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
>;

interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: unknown;
  /** A tar archive as the body. */
  readonly archive?: Buffer;
  readonly deadlineMs?: number;
  /** Takes the body of a 200 as it comes instead of keeping it; what it throws ends the request. */
  readonly take?: (chunk: Buffer) => void;
}

interface EngineAnswer {
  readonly status: number;
  readonly bytes: Buffer;
}

/**
 * The few calls of the Docker Engine API that Rekindle needs, over the engine's socket. Every call opens its own
 * connection: a socket of an engine that was killed must not be used again. Throws EngineUnreachable when there
 * is no answer and EngineRefused when the answer is no.
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

  /** Everything about one container; undefined when it is not there (any more). */
  async inspect(id: string): Promise<InspectedContainer | undefined> {
    const path = `/containers/${encodeURIComponent(id)}/json`;
    try {
      return (await this.#json({ method: 'GET', path })) as InspectedContainer;
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

  /** Runs a command in a running container and waits for its end. Throws EngineRefused when its exit code is not 0. */
  async exec(id: string, command: readonly string[]): Promise<void> {
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
    if (exitCode === 0) return;
    throw new EngineRefused(undefined, {
      what: `The command ${command.join(' ')} failed with exit code ${exitCode ?? 'unknown'}`,
      cause: output.bytes.toString('utf8').trim().slice(-500) || 'it printed nothing',
      place: `container ${id}`,
      next: `Look at the container's log: docker logs ${id.slice(0, 12)}.`,
    });
  }

  /**
   * Reads one regular file of a container and gives its size in bytes. The engine sends it as a tar archive
   * (docs.docker.com, Engine API, ContainerArchive) and follows no link at the end of the path. Throws EngineRefused
   * when the file is not there or cannot be used.
   */
  async readFile(id: string, { path, limitBytes, take }: FileReading): Promise<number> {
    const place = `${path} in container ${id.slice(0, 12)}`;
    const file = new FileInArchive({ limitBytes, take, place });
    await this.#send(
      {
        method: 'GET',
        path: `/containers/${encodeURIComponent(id)}/archive?path=${encodeURIComponent(path)}`,
        take: (chunk) => file.push(chunk),
      },
      [200],
    );
    return file.end();
  }

  /** The regular files of one folder of a running container; undefined when there is no such folder. */
  async readFolder(id: string, path: string, limitBytes: number): Promise<readonly NodeFile[] | undefined> {
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limitBytes) throw new Error(`${path} has more than ${limitBytes} bytes`);
      chunks.push(chunk);
    };
    const archive = `/containers/${encodeURIComponent(id)}/archive?path=${encodeURIComponent(path)}`;
    try {
      await this.#send({ method: 'GET', path: archive, take }, [200]);
    } catch (error) {
      if (error instanceof EngineRefused && error.status === 404) return undefined;
      throw error;
    }
    return filesInArchive(Buffer.concat(chunks));
  }

  /** Puts one file into a folder of a container, running or not (Engine API, PutContainerArchive). */
  async writeFile(
    id: string,
    { folder, name, bytes }: { readonly folder: string; readonly name: string; readonly bytes: Uint8Array },
  ): Promise<void> {
    const path = `/containers/${encodeURIComponent(id)}/archive?path=${encodeURIComponent(folder)}`;
    const archive = fileToArchive(name, bytes, Date.now());
    await this.#send({ method: 'PUT', path, archive, deadlineMs: actionDeadlineMs }, [200]);
  }

  async #list(
    labels: readonly string[],
  ): Promise<readonly { readonly Id: string; readonly Labels?: Readonly<Record<string, string>> | null }[]> {
    const filters = encodeURIComponent(JSON.stringify({ label: labels }));
    const found = await this.#json({ method: 'GET', path: `/containers/json?all=1&filters=${filters}` });
    return found as readonly { Id: string; Labels?: Record<string, string> | null }[];
  }

  async #json(request: EngineRequest): Promise<unknown> {
    const answer = await this.#send(request, [200, 201]);
    try {
      return JSON.parse(answer.bytes.toString('utf8'));
    } catch (error) {
      throw engineUnreachable(this.#place(request), error);
    }
  }

  async #send(request: EngineRequest, good: readonly number[]): Promise<EngineAnswer> {
    const answer = await this.#exchange(request);
    if (good.includes(answer.status)) return answer;
    const text = answer.bytes.toString('utf8').trim();
    throw new EngineRefused(answer.status, {
      what: `The container engine answered ${answer.status}`,
      cause: messageOf(text) || 'without a reason',
      place: this.#place(request),
      next: 'Read the reason: it is the engine that refuses.',
    });
  }

  async #exchange(request: EngineRequest): Promise<EngineAnswer> {
    try {
      return await withDeadline(request.deadlineMs ?? requestDeadlineMs, (signal) =>
        exchange(this.endpoint, request, signal),
      );
    } catch (error) {
      if (error instanceof EngineRefused) throw error;
      throw engineUnreachable(this.#place(request), error);
    }
  }

  #place(request: EngineRequest): string {
    const path = request.path.split('?', 1)[0] ?? '';
    return `${request.method} ${path} at ${this.endpoint.url}, from ${this.endpoint.from}`;
  }
}

function exchange(
  endpoint: EngineEndpoint,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<EngineAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<EngineAnswer>();
  const json = request.body === undefined ? '' : JSON.stringify(request.body);
  const body = request.archive ?? Buffer.from(json);
  const { socketPath, host, port } = endpoint;
  const sent = http.request({
    ...(socketPath === undefined ? { host, port } : { socketPath, host: 'docker' }),
    method: request.method,
    path: request.path,
    // An agent of its own keeps no connection and, unlike the global one, knows no proxies.
    agent: new http.Agent(),
    headers: {
      'Content-Type': request.archive === undefined ? 'application/json' : 'application/x-tar',
      'Content-Length': body.length,
    },
    signal,
  });
  const fail = (error: Error): void => reject(signal.aborted ? (signal.reason as Error) : error);
  sent.on('error', fail);
  sent.on('response', (response) => {
    const chunks: Buffer[] = [];
    const keep = (chunk: Buffer): unknown => chunks.push(chunk);
    const take = response.statusCode === 200 ? (request.take ?? keep) : keep;
    response.on('data', (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (error) {
        reject(error);
        sent.destroy();
      }
    });
    response.on('error', fail);
    response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks) }));
  });
  sent.end(body);
  return promise;
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
