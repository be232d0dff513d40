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

/**
 * A Docker service that knows `ps` with label filters, `kill` and `start`, and remembers what it was asked. Names and
 * ids are the same. Programs and images that are `missing` are not there.
 */
function fakeDocker(containers: readonly Container[], missing: readonly string[] = []) {
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
    if (missing.some((name) => argv.at(-1)?.endsWith(name)) && verb !== 'pull')
      return Promise.resolve({ stdout: '', stderr: '', exitCode: 1 });
    if (verb === 'build') return Promise.resolve({ stdout: 'sha256:shop\n', stderr: '', exitCode: 0 });
    if (program === 'docker' && (verb === 'kill' || verb === 'start')) {
      for (const container of containers) {
        if (argv.includes(container.id)) container.running = verb === 'start';
      }
    }
    const stdout = verb === 'ps' ? matching(argv).map((container) => `${container.id}\n`) : [];
    return Promise.resolve({ stdout: stdout.join(''), stderr: '', exitCode: 0 });
  };
  return { run, calls };
}

async function backend(containers: readonly Container[], missing: readonly string[] = []) {
  const state = mkdtempSync(path.join(tmpdir(), 'rk-'));
  const identity = labIdentity(state, '', { XDG_STATE_HOME: state, XDG_CACHE_HOME: state });
  await new LabRecordFile(identity.stateDir).update({ nonce: 'mine' });
  const docker = fakeDocker(containers, missing);
  const engine = new DockerBackend(identity, '/checkout', () => undefined, docker.run);
  return { engine, calls: docker.calls, identity, cluster: identity.cluster };
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

  it('starts only its own containers, also when a foreign one is named', async () => {
    const mine = { ...own('any'), running: false };
    const other = { ...foreign, running: false };
    const { engine, calls } = await backend([mine, other]);
    await expect(engine.boot({ order: ['own', 'foreign'] })).rejects.toThrow(
      'foreign: not a container of this lab',
    );
    expect(calls.filter((call) => call.startsWith('docker start'))).toEqual([]);
    await engine.boot({});
    expect([mine.running, other.running]).toEqual([true, false]);
  });

  it('pulls what is missing, builds the shop, and gives the nodes the images without a container more', async () => {
    const spilo = 'ghcr.io/zalando/spilo-17:4.0-p2';
    const { engine, calls, cluster } = await backend([], [spilo]);
    const images = await engine.prepare();
    expect(images).toMatchObject({ node: 'rancher/k3s:v1.34.4-k3s1', operator: 'lab/docker/operator' });
    await engine.fillCluster();
    expect(calls.filter((call) => call.startsWith('docker pull'))).toEqual([`docker pull --quiet ${spilo}`]);
    expect(calls).toContain(
      'docker build --quiet --tag rekindle-lab/jewelry-shop:1 /checkout/examples/jewelry-shop',
    );
    expect(calls.at(-1)).toMatch(
      `k3d image import --mode direct --cluster ${cluster} rekindle-lab/jewelry-shop:1`,
    );
    expect(calls.at(-1)).toContain(spilo);
  });

  it('names every program that is missing', async () => {
    const { engine } = await backend([], ['k3d', 'kubectl']);
    await expect(engine.prepare()).rejects.toThrow('needs k3d, kubectl on the PATH');
  });

  it('refuses to remove a cluster of its name that does not carry its nonce', async () => {
    const containers: Container[] = [];
    const { engine, calls, cluster } = await backend(containers);
    containers.push({ id: 'stranger', labels: [`k3d.cluster=${cluster}`], running: true });
    await expect(engine.remove()).rejects.toThrow("without this lab's nonce");
    // `up` asks the same before it makes a cluster anew.
    await expect(engine.assertOwnCluster()).rejects.toThrow("without this lab's nonce");
    expect(calls.some((call) => call.startsWith('k3d'))).toBe(false);
  });

  it('without a record of its nonce removes nothing that runs', async () => {
    const containers: Container[] = [];
    const { engine, calls, identity, cluster } = await backend(containers);
    containers.push(own(cluster));
    await new LabRecordFile(identity.stateDir).update({ nonce: undefined });
    await expect(engine.remove()).rejects.toThrow("without this lab's nonce");
    await expect(engine.cut('process-kill')).rejects.toThrow('never up');
    expect(calls.filter((call) => /^(k3d|docker (kill|rm|stop))/.test(call))).toEqual([]);
  });

  it('removes its own cluster and nothing else', async () => {
    const containers: Container[] = [{ ...foreign }];
    const { engine, calls, cluster } = await backend(containers);
    containers.push(own(cluster));
    expect(await engine.remove()).toContain(`cluster ${cluster} (1 containers)`);
    expect(calls.filter((call) => call.startsWith('k3d'))).toEqual([`k3d cluster delete ${cluster}`]);
  });
});
