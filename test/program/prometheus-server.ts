import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';

import { freePort } from '../fakes/free-port.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

/** A time series, or one of a range query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** A Prometheus on this machine. */
export interface PrometheusServer {
  /** The data of an answer of its HTTP API. Throws the error that it gives. */
  readonly get: <T>(endpoint: string, parameters?: Readonly<Record<string, string>>) => Promise<T>;
  readonly query: (expression: string) => Promise<readonly Sample[]>;
  /** The same over the last half minute. */
  readonly queryRange: (expression: string) => Promise<readonly Sample[]>;
}

interface Answer<T> {
  readonly status: string;
  readonly data: T;
  readonly error?: string;
}

/** Starts it with this configuration, until the test ends. Throws what it says when it does not start. */
export async function startPrometheus(program: string, config: object): Promise<PrometheusServer> {
  const folder = temporaryFolder();
  const file = path.join(folder, 'prometheus.yml');
  writeFileSync(file, stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const options = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=${address}`,
  ];
  const child = spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
  let said = '';
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
    if (said.includes('Server is ready to receive web requests')) resolve();
  });
  const gone = new Promise<void>((done) => child.once('close', () => done()));
  void gone.then(() => reject(new Error(`Prometheus has ended:\n${said}`)));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  await ready;

  const get = async <T>(endpoint: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> => {
    const url = `http://${address}/api/v1/${endpoint}?${new URLSearchParams(parameters).toString()}`;
    const answer = (await (await fetch(url)).json()) as Answer<T>;
    if (answer.status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${answer.error}`);
    return answer.data;
  };
  return {
    get,
    query: async (query) => (await get<{ result: readonly Sample[] }>('query', { query })).result,
    queryRange: async (query) => {
      const end = Date.now() / 1000;
      const range = { query, start: String(end - 30), end: String(end), step: '1' };
      return (await get<{ result: readonly Sample[] }>('query_range', range)).result;
    },
  };
}
