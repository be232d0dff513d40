import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { labIdentity } from '../identity.ts';
import { LabRecordFile } from '../record.ts';
import { DockerBackend } from './docker-backend.ts';

interface Container {
  readonly id: string;
  readonly labels: readonly string[];
  running: boolean;
}

/** A Docker service that knows `ps` with label filters, `kill` and `start`, and remembers what it was asked. */
function fakeDocker(containers: readonly Container[]) {
  const calls: string[] = [];
  const matching = (argv: readonly string[]) =>
    containers.filter((container) =>
      argv
        .filter((word) => word.startsWith('label=') || word === 'status=running')
        .every((word) =>
          word === 'status=running' ? container.running : container.labels.includes(word.slice(6)),
        ),
    );
  const run = (argv: readonly string[]) => {
    calls.push(argv.join(' '));
    const [program, verb] = argv;
    if (program === 'docker' && verb !== 'ps') {
      for (const container of containers) {
        if (argv.includes(container.id)) container.running = verb === 'start';
      }
    }
    const stdout = verb === 'ps' ? matching(argv).map((container) => `${container.id}\n`) : [];
    return Promise.resolve({ stdout: stdout.join(''), stderr: '', exitCode: 0 });
  };
  return { run, calls };
}

async function backend(containers: readonly Container[]) {
  const state = mkdtempSync(path.join(tmpdir(), 'rk-'));
  const identity = labIdentity(state, '', { XDG_STATE_HOME: state, XDG_CACHE_HOME: state });
  await new LabRecordFile(identity.stateDir).update({ nonce: 'mine' });
  const docker = fakeDocker(containers);
  return { engine: new DockerBackend(identity, docker.run), calls: docker.calls, cluster: identity.cluster };
}

const own = (cluster: string): Container => ({
  id: 'own',
  labels: ['rekindle.dev/lab-nonce=mine', `k3d.cluster=${cluster}`],
  running: true,
});
const foreign: Container = { id: 'foreign', labels: ['k3d.cluster=jewelry-shop'], running: true };

describe('DockerBackend', () => {
  it('kills only the containers with its nonce, and none of a foreign cluster', async () => {
    const other = { ...foreign };
    const mine = own('any');
    const { engine, calls } = await backend([mine, other]);
    const cut = await engine.cut('process-kill');
    expect(cut).toMatchObject({ mode: 'process-kill', killed: 1, aliveAfter: 0, discardedDirty: false });
    expect([mine.running, other.running]).toEqual([false, true]);
    expect(calls.filter((call) => call.includes('foreign'))).toEqual([]);
  });

  it('does not pretend to lose power', async () => {
    const { engine } = await backend([own('any')]);
    await expect(engine.cut('power-loss')).rejects.toThrow('cannot lose power');
  });

  it('refuses to remove a cluster of its name that does not carry its nonce', async () => {
    const containers: Container[] = [];
    const { engine, calls, cluster } = await backend(containers);
    containers.push({ id: 'stranger', labels: [`k3d.cluster=${cluster}`], running: true });
    await expect(engine.remove()).rejects.toThrow("without this lab's nonce");
    expect(calls.some((call) => call.startsWith('k3d'))).toBe(false);
  });

  it('removes its own cluster and nothing else', async () => {
    const containers: Container[] = [{ ...foreign }];
    const { engine, calls, cluster } = await backend(containers);
    containers.push(own(cluster));
    expect(await engine.remove()).toContain(`cluster ${cluster} (1 containers)`);
    expect(calls.filter((call) => call.startsWith('k3d'))).toEqual([`k3d cluster delete ${cluster}`]);
  });
});
