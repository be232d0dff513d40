import { once } from 'node:events';
import http from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

type Answer = {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly bytes?: Buffer;
};

/** Gives the answer at each request, or sends it by itself: `path` is the one that the request's query names. */
type Served = (
  request: { readonly path: string; readonly body: Buffer },
  response: http.ServerResponse,
) => Answer | Promise<void>;

/** `METHOD path` (without query) to the answer. */
export type EngineAnswers = Readonly<Record<string, Answer | Served | 'hang' | 'drop'>>;

const unknownThing: Answer = { status: 404, json: { message: 'no such thing' } };

export interface FakeEngine {
  readonly socketPath: string;
  readonly url: string;
  /** `METHOD path?query body` of every request; an archive as a body is only named. */
  readonly requests: string[];
}

/** A container engine that answers from a table, on a unix socket. */
export async function fakeEngine(answers: EngineAnswers): Promise<FakeEngine> {
  const socketPath = join(temporaryFolder(), 'engine.sock');
  const requests: string[] = [];
  const serve = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    if (body === undefined) return;
    const { method = '', url = '' } = request;
    const isArchive = request.headers['content-type'] === 'application/x-tar';
    requests.push(`${method} ${decodeURIComponent(url)} ${isArchive ? '(archive)' : body.toString()}`.trim());
    const answer = answers[`${method} ${url.split('?', 1)[0] ?? ''}`];
    const path = new URL(url, 'http://engine').searchParams.get('path') ?? '';
    const made = typeof answer === 'function' ? answer({ path, body }, response) : answer;
    if (made instanceof Promise) await made;
    else reply(response, made);
  };
  const server = http.createServer((request, response) => void serve(request, response));
  server.listen(socketPath);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { socketPath, url: `unix://${socketPath}`, requests };
}

/** Undefined when the client broke off in the middle of its request: then nobody waits for an answer. */
async function bodyOf(request: http.IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}

function reply(response: http.ServerResponse, answer: Answer | 'hang' | 'drop' = unknownThing): void {
  if (answer === 'hang') return;
  if (answer === 'drop') {
    response.socket?.destroy();
    return;
  }
  const { status = 200, json, text, bytes } = answer;
  response.writeHead(status);
  response.end(bytes ?? text ?? JSON.stringify(json));
}
