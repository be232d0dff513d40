import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import type { BootOptions, BootRecord } from '../api.ts';
import type { ClusterImages, LabBackend } from '../backend.ts';
import { nonceLabel } from '../cluster/k3d-config.ts';
import { runCommand, type CommandOptions, type CommandResult } from '../command.ts';
import type { LabIdentity } from '../identity.ts';
import { Progress } from '../progress.ts';
import { LabRecordFile } from '../record.ts';
import { eventually } from '../source/eventually.ts';
import { startOrder } from '../source/start-order.ts';
import type { MachineCut } from '../source/power-cut.ts';

/** Runs a program; a fake takes its place in tests. */
export type RunProgram = (argv: readonly string[], options?: CommandOptions) => Promise<CommandResult>;

/** The node image that users of k3d have. */
const nodeImage = 'rancher/k3s:v1.34.4-k3s1';

/** The shop's image; examples/jewelry-shop/base names it. */
const shopImage = 'rekindle-lab/jewelry-shop:1';

/** What lab/docker/operator and the operator ask for; pulled once here instead of once by each node. */
export const pulledImages = [
  'ghcr.io/zalando/postgres-operator:v1.14.0',
  'ghcr.io/zalando/spilo-17:4.0-p2',
  'registry.opensource.zalan.do/acid/pgbouncer:master-32',
];

/**
 * Backend `docker`: the cluster lives in the machine's own Docker service, beside whatever else is there. Only
 * containers with this lab's nonce are ever touched, and the daemon itself never is: its `cut` is a `process-kill`.
 */
export class DockerBackend implements LabBackend {
  readonly name = 'docker';
  readonly #identity: LabIdentity;
  readonly #checkout: string;
  readonly #run: RunProgram;
  readonly #progress: Progress;
  readonly #record: LabRecordFile;

  constructor(
    identity: LabIdentity,
    checkout: string,
    log: (line: string) => void,
    run: RunProgram = runCommand,
  ) {
    this.#identity = identity;
    this.#checkout = checkout;
    this.#run = run;
    this.#progress = new Progress(path.join(identity.cacheDir, 'times'), log);
    this.#record = new LabRecordFile(identity.stateDir);
  }

  env(): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
  }

  command(argv: readonly string[]): string[] {
    return [...argv];
  }

  /** Images come from registries, and the shop's is built by the engine. */
  async build(): Promise<void> {}

  async prepare(): Promise<ClusterImages> {
    const missing: string[] = [];
    for (const tool of ['docker', 'k3d', 'kubectl']) {
      const found = await this.#run(['sh', '-c', `command -v ${tool}`]);
      if (found.exitCode !== 0) missing.push(tool);
    }
    if (missing.length > 0)
      throw new Error(`the lab (backend docker) needs ${missing.join(', ')} on the PATH`);
    const shop = await this.#images();
    const key = createHash('sha256')
      .update([nodeImage, ...pulledImages, shop].join('\n'))
      .digest('hex');
    const operator = path.join('lab', 'docker', 'operator');
    return { node: nodeImage, k3dEnv: {}, airgap: undefined, operator, key: key.slice(0, 16) };
  }

  /** Throws when containers of the lab's cluster do not carry its nonce; `k3d` would take them by the name alone. */
  async assertOwnCluster(): Promise<void> {
    const { nonce } = await this.#record.read();
    const { cluster } = this.#identity;
    const named = await this.#list(['--all', '--filter', `label=k3d.cluster=${cluster}`]);
    const own = nonce === undefined ? [] : await this.#containers(nonce, ['--all']);
    const foreign = named.filter((id) => !own.includes(id));
    if (foreign.length === 0) return;
    throw new Error(
      `containers ${foreign.join(' ')} belong to a cluster ${cluster} without this lab's nonce: not removed`,
    );
  }

  /** `direct`: the other way makes a container without the nonce, and a crash would leave it behind. */
  async fillCluster(): Promise<void> {
    const { cluster } = this.#identity;
    await this.#progress.step({ name: 'images into the nodes', expectedSeconds: 120 }, async () => {
      const images = [shopImage, ...pulledImages];
      const argv = ['k3d', 'image', 'import', '--mode', 'direct', '--cluster', cluster, ...images];
      await this.#run(argv, { check: true, timeoutSeconds: 900 });
    });
  }

  async isBuilt(): Promise<boolean> {
    return (await this.#record.read()).clusterKey !== undefined;
  }

  async isBooted(): Promise<boolean> {
    const { nonce } = await this.#record.read();
    return nonce !== undefined && (await this.#containers(nonce, ['--filter', 'status=running'])).length > 0;
  }

  async flush(): Promise<void> {
    await this.#run(['sync'], { check: true });
  }

  /** SIGKILL to every container of this lab. Throws for `power-loss`: the disk belongs to the machine, not to the lab. */
  async cut(mode: MachineCut['mode']): Promise<MachineCut> {
    if (mode === 'power-loss') {
      throw new Error('backend docker cannot lose power, only processes: use `cut --mode process-kill`');
    }
    const nonce = await this.#nonce();
    const ids = await this.#containers(nonce, ['--filter', 'status=running']);
    if (ids.length === 0) throw new Error('no container of this lab runs: there is nothing to cut');
    const at = Date.now();
    await this.#run(['docker', 'kill', '--signal', 'KILL', ...ids], { check: true });
    const withinMs = await eventually(
      1000,
      'death of every container',
      async () => (await this.#containers(nonce, ['--filter', 'status=running'])).length === 0,
    );
    return {
      mode,
      at,
      killed: ids.length,
      aliveAfter: 0,
      withinMs: Math.round(withinMs),
      discardedDirty: false,
    };
  }

  async inside(): Promise<never> {
    throw noPc();
  }

  /** Starts the lab's containers; Docker itself runs on, so the clock starts with the first of them. */
  async boot(options: BootOptions): Promise<BootRecord> {
    if (options.init === 'systemd') throw noPc();
    const record = await this.#record.read();
    const order = startOrder(options, record.addresses ?? {});
    const own = await this.#containers(await this.#nonce(), ['--all']);
    const containers = order.length > 0 ? await this.#ownNamed(order) : own;
    const startedAt = Date.now();
    await this.#run(['docker', 'start', ...containers], { check: true });
    return { startedAt, order, canary: undefined };
  }

  runWith(): Promise<void> {
    return Promise.reject(noPc());
  }

  /** Removes the cluster of this lab. Throws when containers of its name do not carry its nonce: they are not the lab's. */
  async remove(): Promise<readonly string[]> {
    await this.assertOwnCluster();
    const { nonce } = await this.#record.read();
    const { cluster, stateDir } = this.#identity;
    const own = nonce === undefined ? [] : await this.#containers(nonce, ['--all']);
    const removed: string[] = [];
    if (own.length > 0) {
      await this.#run(['k3d', 'cluster', 'delete', cluster], { check: true, timeoutSeconds: 120 });
      removed.push(`cluster ${cluster} (${own.length} containers)`);
    }
    if (existsSync(stateDir)) {
      await rm(stateDir, { recursive: true });
      removed.push(`folder ${path.resolve(stateDir)}`);
    }
    return removed;
  }

  async #nonce(): Promise<string> {
    const { nonce } = await this.#record.read();
    if (nonce === undefined) throw new Error('this lab was never up: run `npm run lab -- up`');
    return nonce;
  }

  /** Pulls and builds what is not there. Returns the id of the shop's image, which changes with its content. */
  async #images(): Promise<string> {
    for (const image of pulledImages) {
      if ((await this.#run(['docker', 'image', 'inspect', image])).exitCode === 0) continue;
      await this.#progress.step({ name: `pull of ${image}`, expectedSeconds: 60 }, () =>
        this.#run(['docker', 'pull', '--quiet', image], { check: true, timeoutSeconds: 900 }),
      );
    }
    const context = path.join(this.#checkout, 'examples', 'jewelry-shop');
    const built = await this.#progress.step({ name: 'image of the shop', expectedSeconds: 90 }, () =>
      this.#run(['docker', 'build', '--quiet', '--tag', shopImage, context], {
        check: true,
        timeoutSeconds: 900,
      }),
    );
    return built.stdout.trim();
  }

  /** The given names, when all of them are containers of this lab. Throws otherwise. */
  async #ownNamed(names: readonly string[]): Promise<readonly string[]> {
    const filter = ['--filter', `label=${nonceLabel}=${await this.#nonce()}`];
    const argv = ['docker', 'ps', '--all', ...filter, '--format', '{{.Names}}'];
    const own = (await this.#run(argv, { check: true })).stdout.split('\n');
    const foreign = names.filter((name) => !own.includes(name));
    if (foreign.length > 0)
      throw new Error(`${foreign.join(', ')}: not a container of this lab, not started`);
    return names;
  }

  #containers(nonce: string, filters: readonly string[]): Promise<readonly string[]> {
    return this.#list([...filters, '--filter', `label=${nonceLabel}=${nonce}`]);
  }

  async #list(filters: readonly string[]): Promise<readonly string[]> {
    const listed = await this.#run(['docker', 'ps', '--quiet', '--no-trunc', ...filters], { check: true });
    return listed.stdout.split('\n').filter((id) => id !== '');
  }
}

function noPc(): Error {
  return new Error("backend docker has no PC of its own: this machine's init and programs are left alone");
}
