import { readdir } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { faults } from '../faults/index.ts';
import { literal } from './database.ts';
import type { DrillLab } from './define-drill.ts';
import { drillNamed, drills } from './index.ts';
import { waitFor } from './wait-for.ts';

const helpers = new Set(['database', 'define-drill', 'containers', 'shop', 'wait-for', 'index']);

/** A lab that notes what was asked of it; docker answers from a table. */
function notingLab(docker: (line: string) => string): DrillLab & { readonly calls: string[] } {
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
    kubectl: (args) => Promise.resolve(note(`kubectl ${args.join(' ')}`)),
    docker: (args) => Promise.resolve(docker(note(`docker ${args.join(' ')}`))),
    cut: (mode = 'power-loss') => {
      note(`cut ${mode}`);
      return Promise.resolve({ mode, aliveAfter: 0, withinMs: 5 });
    },
    boot: () => Promise.resolve({ startedAt: 42, canary: 'lost', at: note('boot') }),
  };
}

const idle = { random: () => 0.6, startHelper: () => Promise.resolve({ kill: () => Promise.resolve() }) };

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
