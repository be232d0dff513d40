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

/** `METHOD path` (without query) to the answer; a function is asked at each request. */
export type EngineAnswers = Readonly<Record<string, Answer | 'hang' | 'drop' | (() => Answer)>>;

const unknownThing: Answer = { status: 404, json: { message: 'no such thing' } };

function answerTo(found: EngineAnswers[string] | undefined): Answer | 'hang' | 'drop' {
  return (typeof found === 'function' ? found() : found) ?? unknownThing;
}

export interface FakeEngine {
  readonly socketPath: string;
  readonly url: string;
  /** `METHOD path?query body` of every request. */
  readonly requests: string[];
}

/** A container engine that answers from a table, on a unix socket. */
export async function fakeEngine(answers: EngineAnswers): Promise<FakeEngine> {
  const socketPath = join(temporaryFolder(), 'engine.sock');
  const requests: string[] = [];
  const serve = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '' } = request;
    requests.push(`${method} ${decodeURIComponent(url)} ${Buffer.concat(chunks).toString()}`.trim());
    const answer = answerTo(answers[`${method} ${url.split('?', 1)[0] ?? ''}`]);
    if (answer === 'hang') return;
    if (answer === 'drop') {
      response.socket?.destroy();
      return;
    }
    const { status = 200, json, text, bytes } = answer;
    response.writeHead(status);
    response.end(bytes ?? text ?? JSON.stringify(json));
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
