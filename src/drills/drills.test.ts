import { readdir } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { faults } from '../faults/index.ts';
import { literal } from './database.ts';
import type { DrillLab } from './define-drill.ts';
import { drillNamed, drills } from './index.ts';
import { nobodyHelps } from './nobody-helps.ts';
import { waitFor } from './wait-for.ts';

const helpers = new Set([
  'database',
  'crash-tail',
  'slow-start',
  'nobody-helps',
  'egress-policy',
  'define-drill',
  'containers',
  'shop',
  'wait-for',
  'index',
]);

/** A lab that notes what was asked of it; docker and kubectl answer from a table. */
function notingLab(
  docker: (line: string) => string,
  kubectl: (line: string) => string = (line) => line,
): DrillLab & { readonly calls: string[] } {
  const calls: string[] = [];
  const note = (line: string) => {
    calls.push(line);
    return line;
  };
  return {
    calls,
    cluster: 'rekindle-lab-test',
    run: (argv) => {
      note(argv.join(' '));
      return Promise.resolve({ stdout: '', stderr: '', exitCode: 0 });
    },
    kubectl: (args) => Promise.resolve(kubectl(note(`kubectl ${args.join(' ')}`))),
    docker: (args) => Promise.resolve(docker(note(`docker ${args.join(' ')}`))),
    enforceNetworkPolicies: (on) => {
      note(`enforce ${on}`);
      return Promise.resolve();
    },
    cut: (mode = 'power-loss') => {
      note(`cut ${mode}`);
      return Promise.resolve({ mode, aliveAfter: 0, withinMs: 5 });
    },
    boot: () => Promise.resolve({ startedAt: 42, canary: 'lost', at: note('boot') }),
  };
}

const idle = { ...nobodyHelps, random: () => 0.6 };

describe('the list of drills', () => {
  test('has every file of the folder', async () => {
    const files = (await readdir(import.meta.dirname))
      .filter((file) => !file.endsWith('.test.ts'))
      .map((file) => file.replace('.ts', ''))
      .filter((name) => !helpers.has(name));
    expect(drills.map((drill) => drill.id).toSorted()).toEqual(files.toSorted());
  });

  test('expects only findings that exist', () => {
    const known = faults.map((fault) => fault.id);
    for (const drill of drills) expect(known).toEqual(expect.arrayContaining([...drill.expectedFindings]));
  });

  test('names what there is when a name is wrong', () => {
    expect(() => drillNamed('plane-cut')).toThrow('plain-cut');
  });
});

function labWithAgents() {
  return notingLab((line) => {
    if (line.includes(' ps ')) return 'agent-1\nagent-0\n';
    return line.includes('inspect') ? 'false exited no\n' : '';
  });
}

describe('a stopped agent', () => {
  test('is chosen by the seed, kept down over a loss of power, and proven', async () => {
    const used = labWithAgents();
    const injection = await drillNamed('agent-stopped').inject(used, idle);
    expect(injection).toMatchObject({ cut: 'power-loss', engineStartedAt: 42, facts: { agent: 'agent-1' } });
    expect(used.calls).toEqual(
      expect.arrayContaining(['docker update --restart no agent-1', 'cut power-loss']),
    );
    expect(await drillNamed('agent-stopped').proof(used, injection)).toEqual({
      proven: true,
      evidence: 'agent-1 exited, restart policy no',
    });
  });

  test('is started again by undo', async () => {
    const used = labWithAgents();
    const facts = { agent: 'agent-1', restartPolicy: 'unless-stopped' };
    await drillNamed('agent-stopped').undo(used, { cut: 'power-loss', facts });
    expect(used.calls).toEqual(['docker update --restart unless-stopped agent-1', 'docker start agent-1']);
  });
});

/** A lab whose Redis keeps a file of `size` bytes on agent-0. */
function labWithRedis(size: number, ready = 'false') {
  return notingLab(
    (line) => {
      if (line.includes(' wc ')) return `${size} ${redisPath}\n`;
      return line.includes('manifest') ? 'file appendonly.aof.2.incr.aof seq 2 type i\n' : '';
    },
    (line) => {
      if (line.includes('CONFIG SET')) return 'OK\n';
      if (line.includes(' logs '))
        return '# Bad file format reading the append only file a.1.incr.aof: make\n';
      if (line.includes('nodeName')) return 'agent-0';
      return line.includes('hostPath') ? '/storage/pvc-1' : ready;
    },
  );
}

const redisPath = '/storage/pvc-1/appendonlydir/appendonly.aof.2.incr.aof';
const redisDamage = {
  cut: 'power-loss',
  facts: { node: 'agent-0', path: redisPath, size: '1000', at: '2026-01-01T12:00:00Z' },
} as const;

describe("Redis's damaged file", () => {
  test('gets its NUL bytes when Redis has let go of it, and before the power goes', async () => {
    const used = labWithRedis(1000);
    const { facts } = await drillNamed('redis-file-damaged').inject(used, idle);
    expect(facts).toMatchObject({ node: 'agent-0', path: redisPath, size: '1000' });
    const order = [
      'CONFIG SET appendonly no',
      `truncate -s 5096 ${redisPath}`,
      'exec agent-0 sync',
      'cut',
      'boot',
    ];
    const places = order.map((text) => used.calls.findIndex((call) => call.includes(text)));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(await drillNamed('redis-file-damaged').proof(used, redisDamage)).toMatchObject({
      proven: true,
      evidence: expect.stringContaining('Bad file format') as string,
    });
  });

  test.each([
    ['cut by undo while it is damaged', 5096, 'false', [`docker exec agent-0 truncate -s 1000 ${redisPath}`]],
    ['left alone by undo when it was cut already', 1000, 'false', []],
    ['left alone by undo when Redis works with it', 5096, 'true', []],
  ])('is %s', async (_name, size, ready, cuts) => {
    const used = labWithRedis(size, ready);
    await drillNamed('redis-file-damaged').undo(used, redisDamage);
    expect(used.calls.filter((call) => call.includes('truncate'))).toEqual(cuts);
    const isRestarted = used.calls.some((call) => call.includes('delete pod redis-0'));
    expect(isRestarted).toBe(ready === 'false');
  });
});

test.each([
  ['nobody alive, unsynced data gone', { aliveAfter: '0', canary: 'lost' }, true],
  ['somebody alive', { aliveAfter: '2', canary: 'lost' }, false],
  ['unsynced data still there', { aliveAfter: '0', canary: 'survived' }, false],
])('a plain cut with %s', async (_name, facts, proven) => {
  const injection = { cut: 'power-loss', facts } as const;
  const proof = drillNamed('plain-cut').proof(
    notingLab(() => ''),
    injection,
  );
  expect(await proof).toMatchObject({ proven });
});

/** A lab whose web server is one pod; its migration crashes at each kill, and the kubelet waits longer every time. */
function labThatMigrates() {
  let [uid, kills] = ['old', 0];
  const waiting = () => ({ waiting: { message: `back-off ${10 * 2 ** (kills - 1)}s restarting failed` } });
  const pod = () => {
    // Every other look finds it running again, until nobody ends it any more.
    const state = kills === 4 || looks++ % 2 === 1 ? waiting() : { running: {} };
    const metadata = { name: 'django-1', uid };
    return { metadata, spec: { nodeName: 'agent-0' }, status: { initContainerStatuses: [{ state }] } };
  };
  let looks = 0;
  return notingLab(
    (line) => {
      kills += line.includes('kill -9') ? 1 : 0;
      return '';
    },
    (line) => {
      if (line.includes('delete pod')) uid = 'new';
      if (line.includes('get pods')) return JSON.stringify({ items: [pod()] });
      if (line.includes('endpoints')) return 'db-0';
      return line.includes('psql -X -q -t') ? 'f' : '';
    },
  );
}

test('migrations are ended while the lock is held, and wait when it is given back', async () => {
  const used = labThatMigrates();
  const drill = drillNamed('django-init-crash-tail');
  const injection = await drill.inject(used, idle);
  expect(injection).toEqual({ cut: 'none', facts: { uids: 'new' } });
  const acts = used.calls.flatMap(
    (call) => /pg_advisory_lock|delete pod|docker exec agent-0/.exec(call)?.[0] ?? [],
  );
  const kill = 'docker exec agent-0';
  expect(acts).toEqual(['pg_advisory_lock', 'delete pod', kill, kill, kill, kill]);
  expect(await drill.proof(used, injection)).toEqual({
    proven: true,
    evidence: 'back-off 80s restarting failed',
  });
});

describe('literal', () => {
  test('doubles quotes', () => expect(literal("a'b")).toBe("'a''b'"));
  test('refuses backslashes', () => expect(() => literal('a\\b')).toThrow('backslash'));
});

describe('waitFor', () => {
  test('asks again after an error and returns the first answer', async () => {
    let asked = 0;
    const answer = await waitFor('it', 5, () => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve(0);
    });
    expect(answer).toBe(0);
  });
  test('names the last error when time is up', async () => {
    const asking = waitFor('it', 0, () => Promise.reject(new Error('deep reason')));
    await expect(asking).rejects.toMatchObject({
      message: 'it: not within 0 s',
      cause: { message: 'deep reason' },
    });
  });
});
