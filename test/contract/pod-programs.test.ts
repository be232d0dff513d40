import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';

import { Forbidden } from '../../src/adapters/kubernetes/errors.ts';
import {
  createPodPrograms,
  ProgramLost,
  ProgramNotStarted,
} from '../../src/adapters/kubernetes/pod-programs.ts';
import { withInput } from '../../src/backup/program-output.ts';
import { fakeApiServer, type FakeApiOptions, type ForwardedPort } from '../fakes/api-server.ts';

const program = { namespace: 'shop', pod: 'db-1', container: 'postgres', argv: ['pg_dump', '-Fc'] } as const;

const success = Buffer.from(JSON.stringify({ metadata: {}, status: 'Success' }));
const failure = (code: number) =>
  Buffer.from(
    JSON.stringify({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      message: `command terminated with non-zero exit code`,
      details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
    }),
  );

async function start(options: FakeApiOptions, hasInput = false) {
  const server = await fakeApiServer(options);
  return { server, running: await createPodPrograms(server.config).start(program, { withInput: hasInput }) };
}

/** A kubelet that does this as soon as the program is started, and nothing with its input. */
const kubelet = (does: (port: ForwardedPort) => void): FakeApiOptions => ({
  forward: (port) => {
    does(port);
    return () => undefined;
  },
});

test('gives the output, the end of standard error, and the exit code', async () => {
  const { server, running } = await start(
    kubelet((port) => {
      port.send(1, Buffer.from('half '));
      port.send(2, Buffer.from('pg_dump: warning\n'));
      port.send(1, Buffer.from('and half'));
      port.send(3, failure(3));
    }),
  );
  expect(await text(running.output)).toBe('half and half');
  expect(await running.ended).toEqual({ code: 3, complaint: 'pg_dump: warning' });
  const url = new URL(server.requests[0]?.url ?? '', 'http://x');
  expect(url.pathname).toBe('/api/v1/namespaces/shop/pods/db-1/exec');
  expect(url.searchParams.getAll('command')).toEqual(['pg_dump', '-Fc']);
  expect(url.searchParams.get('stdin')).toBe('false');
});

test('gives much to a reader that is slow, whole', async () => {
  const { running } = await start(
    kubelet((port) => {
      for (let i = 0; i < 100; i++) port.send(1, Buffer.alloc(100_000, i));
      port.send(3, success);
    }),
  );
  await once(running.output, 'readable');
  expect((await buffer(running.output)).length).toBe(10_000_000);
  expect(await running.ended).toMatchObject({ code: 0 });
});

test('hands over the input and tells its end', async () => {
  const got: Buffer[] = [];
  const { running } = await start({ forward: () => (bytes) => void got.push(bytes) }, true);
  running.input.end('restore this');
  // The end is a frame on the channel 255 that names the channel of the input.
  await vi.waitFor(() => expect(got).toEqual([Buffer.from('restore this'), Buffer.of(0)]));
  running.stop();
  await expect(running.ended).rejects.toThrow('it was stopped');
});

test('a program that has read enough ends well, however much input is left', async () => {
  let hasEnded = false;
  const server = await fakeApiServer({
    forward: (port) => () => {
      if (hasEnded) return;
      hasEnded = true;
      port.send(1, Buffer.from('a list'));
      port.send(3, success);
    },
  });
  let given = 0;
  const input = function* () {
    for (; given < 2000; given += 1) yield Buffer.alloc(100_000);
  };
  expect(await withInput(createPodPrograms(server.config), program, input())).toBe('a list');
  expect(given).toBeLessThan(2000);
});

test('a connection that breaks is no end: neither output nor result look whole', async () => {
  const { running } = await start(
    kubelet((port) => {
      port.send(1, Buffer.from('half'));
      port.socket.end();
    }),
  );
  await expect(text(running.output)).rejects.toThrow(ProgramLost);
  await expect(running.ended).rejects.toThrow(ProgramLost);
});

test('a container that is not there is told in the words of the kubelet', async () => {
  const status = { status: 'Failure', message: 'container not found ("postgres")', code: 500 };
  const { running } = await start(kubelet((port) => port.send(3, Buffer.from(JSON.stringify(status)))));
  await expect(running.ended).rejects.toThrow('container not found');
  await expect(running.ended).rejects.toThrow(ProgramNotStarted);
});

const internal = (cause: string) => {
  const message = `Internal error occurred: error executing command in container: ${cause}`;
  return Buffer.from(JSON.stringify({ status: 'Failure', reason: 'InternalError', message, code: 500 }));
};

test.each([
  [
    'failed to exec in container: failed to start exec "b1": OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown',
    ProgramNotStarted,
  ],
  ['failed to exec in container: container is in CONTAINER_EXITED state', ProgramNotStarted],
  ['rpc error: code = Unavailable desc = error reading from server: EOF', ProgramLost],
])('what the runtime says in place of an exit code: %s', async (cause, kind) => {
  const { running } = await start(kubelet((port) => port.send(3, internal(cause))));
  await expect(running.ended).rejects.toThrow(kind);
  await expect(text(running.output)).rejects.toThrow(kind);
});

test('a refusal of the API is told before anything runs', async () => {
  const server = await fakeApiServer({
    answer: () => ({ status: 403, json: { message: 'pods "db-1" is forbidden' } }),
  });
  await expect(createPodPrograms(server.config).start(program)).rejects.toThrow(Forbidden);
});
