import { expect, test } from 'vitest';

import { nameOf, scriptedPrograms, type Script } from '../../test/fakes/scripted-programs.ts';
import { VirtualClock } from '../../test/fakes/virtual-clock.ts';
import { NoScratchPlace } from './no-scratch-place.ts';
import { scratchInCluster } from './scratch-in-cluster.ts';
import type { ScratchContext } from './scratch-pod.ts';

const source = { namespace: 'shop', pod: 'shop-db-0', container: 'postgres', superuser: 'postgres' };
const facts = JSON.stringify([{ version: 150_004, preloaded: 'pg_cron', binaries: '/usr/bin' }]);
const refused = (complaint: string, code = 2) => ({ code, complaint });

/** Where nothing is broken. */
const usual: Script = (program, sql) => {
  if (sql?.includes('server_version_num') === true) return { output: facts };
  return { stat: { output: '101 103\n' }, df: { output: '/dev/sda 100 0 99999999 0% /\n' } }[nameOf(program)];
};

const noStop: Script = (program) =>
  nameOf(program) === 'pg_ctl stop' ? refused('rm: x: busy', 1) : undefined;

interface Broken {
  /** What a program does; undefined: what it does where nothing is broken. */
  readonly script?: Script;
  readonly deletePod?: () => Promise<void>;
}

/** Lends a server in a cluster in which this is broken; gives what was said. */
async function lent({ script = () => undefined, deletePod = () => Promise.resolve() }: Broken) {
  const said: string[] = [];
  const running = { metadata: { name: 'x', namespace: 'shop', uid: 'u' }, status: { phase: 'Running' } };
  const context: ScratchContext = {
    reader: {
      get: () => Promise.resolve({ ...running, spec: { containers: [{ name: 'postgres', image: 'p' }] } }),
    },
    writer: { createPod: () => Promise.resolve(running), deletePod },
    programs: scriptedPrograms((program, sql) => script(program, sql) ?? usual(program, sql)),
    clock: new VirtualClock(0),
    say: (line) => void said.push(line),
  };
  const needed = { cluster: 'shop-db', serverVersion: 150_004, bytes: 1, isWithoutWorkers: false };
  const result = await scratchInCluster(context, () => source)(needed, () => Promise.resolve('restored'));
  return { result, said };
}

test('a server is lent, and nothing is said', async () => {
  expect(await lent({})).toEqual({ result: 'restored', said: [] });
});

test.each<[string, Script]>([
  [
    'the source fails over',
    (_program, sql) => (sql === undefined ? undefined : refused('psql: error: FATAL: x')),
  ],
  [
    'nobody knows whose its files are',
    (program) => (nameOf(program) === 'stat' ? refused('psql: error') : undefined),
  ],
  [
    'the room cannot be told',
    (program) => (nameOf(program) === 'df' ? refused('df: /x: gone', 1) : undefined),
  ],
  ['initdb fails', (program) => (nameOf(program) === 'initdb' ? refused('initdb: error: x', 1) : undefined)],
  [
    'a library that is loaded at its start is not there',
    (program) =>
      nameOf(program) === 'pg_ctl start' ? refused('FATAL:  could not load library', 1) : undefined,
  ],
])('there is no place where %s', async (_name, script) => {
  await expect(lent({ script })).rejects.toThrow(NoScratchPlace);
});

test('a server that does not stop and a pod that is not deleted are told, and what was found out counts', async () => {
  const { result, said } = await lent({ script: noStop, deletePod: () => Promise.reject(new Error('EOF')) });
  expect(result).toBe('restored');
  expect(said).toEqual([
    expect.stringMatching(/^the scratch server in x could not be stopped: .*busy/),
    'pod shop/x could not be deleted and ends by itself within 4 hours: EOF',
  ]);
});
