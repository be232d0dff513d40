import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { BootOptions, BootRecord, CutRecord, Lab, LabStatus } from './api.ts';
import type { ClusterImages, LabBackend } from './backend.ts';
import { containerAddresses } from './cluster/addresses.ts';
import { apiPort, auditPolicy, frontDoorPort, k3dConfig } from './cluster/k3d-config.ts';
import { installOperator } from './cluster/operator.ts';
import { deployExample } from './cluster/example.ts';
import { addRekindleContext, rekindleCredentials, rekindleRbac } from './cluster/rekindle-user.ts';
import { output, runCommand, type CommandOptions, type CommandResult } from './command.ts';
import type { LabIdentity } from './identity.ts';
import { withLock } from './lock.ts';
import { Enforcer } from './network-policy/enforcer.ts';
import { startEnforcer, stopEnforcer } from './network-policy/process.ts';
import { Progress } from './progress.ts';
import { LabRecordFile } from './record.ts';
import { machinePlaces, type PcInit } from './source/machine.ts';
import type { CutMode } from './source/power-cut.ts';
import { eventually } from './source/eventually.ts';

/** A lab whose cluster is made by k3d in the backend's engine. */
export class ClusterLab implements Lab {
  readonly id: string;
  readonly backend: 'source' | 'docker';
  readonly cluster: string;
  readonly stateDir: string;
  readonly kubeconfig: string;
  readonly auditLog: string;
  readonly frontDoor = { host: 'jewelry-shop.local', address: '127.0.0.1', port: frontDoorPort };
  readonly #engine: LabBackend;
  readonly #checkout: string;
  readonly #log: (line: string) => void;
  readonly #record: LabRecordFile;
  readonly #progress: Progress;

  constructor(identity: LabIdentity, engine: LabBackend, checkout: string, log: (line: string) => void) {
    this.id = identity.id;
    this.backend = engine.name;
    this.cluster = identity.cluster;
    this.stateDir = identity.stateDir;
    this.kubeconfig = path.join(identity.stateDir, 'kubeconfig');
    this.auditLog = path.join(identity.stateDir, 'audit', 'audit.log');
    this.#engine = engine;
    this.#checkout = checkout;
    this.#log = log;
    this.#record = new LabRecordFile(identity.stateDir);
    this.#progress = new Progress(path.join(identity.cacheDir, 'times'), log);
  }

  env(): Record<string, string> {
    const own = { KUBECONFIG: this.kubeconfig, HOME: path.join(this.stateDir, 'home') };
    return { ...this.#engine.env(), ...own };
  }

  command(argv: readonly string[]): string[] {
    return this.#engine.command(argv);
  }

  async inside(argv: readonly string[]): Promise<readonly string[]> {
    return this.#engine.inside(argv);
  }

  async run(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return runCommand(this.command(argv), { ...options, env: { ...this.env(), ...options.env } });
  }

  async kubectl(args: readonly string[], input?: string): Promise<string> {
    const options = { check: true, timeoutSeconds: 300, ...(input === undefined ? {} : { input }) };
    return (await this.run(['kubectl', '--context', `k3d-${this.cluster}`, ...args], options)).stdout;
  }

  async docker(args: readonly string[]): Promise<string> {
    return (await this.run(['docker', ...args], { check: true, timeoutSeconds: 300 })).stdout;
  }

  async build(): Promise<void> {
    await this.#alone(() => this.#engine.build());
  }

  async up(): Promise<void> {
    await this.#alone(async () => {
      const nonce = (await this.#record.read()).nonce ?? randomBytes(8).toString('hex');
      await mkdir(path.join(this.stateDir, 'home'), { recursive: true });
      await this.#record.update({ nonce });
      const images = await this.#engine.prepare(nonce);
      if ((await this.#record.read()).clusterKey !== images.key) await this.#createCluster(images, nonce);
      if (!existsSync(this.kubeconfig)) await this.#writeKubeconfig();
      await this.#step('answer of the cluster', 15, () => this.#clusterAnswers());
      await this.kubectl(['apply', '-f', rekindleRbac(this.#checkout)]);
      await this.#step('Zalando operator', 15, () =>
        installOperator(this, path.join(this.#checkout, images.operator)),
      );
      await this.#engine.flush();
    });
  }

  async deployExample(): Promise<void> {
    await this.#step('example stack, up to its first order', 60, () => deployExample(this, this.#checkout));
    await this.#engine.flush();
  }

  async status(): Promise<LabStatus> {
    const booted = await this.#engine.isBooted();
    const { clusterKey } = await this.#record.read();
    const asked =
      booted && clusterKey !== undefined ? await this.#ask(['get', '--raw', '/readyz']) : undefined;
    const answers = asked?.exitCode === 0;
    const present = clusterKey === undefined ? 'absent' : 'silent';
    return {
      id: this.id,
      backend: this.backend,
      built: await this.#engine.isBuilt(),
      booted,
      cluster: answers ? 'answers' : present,
      stack: answers ? await this.#stack() : 'unknown',
    };
  }

  async cut(mode: CutMode = this.backend === 'docker' ? 'process-kill' : 'power-loss'): Promise<CutRecord> {
    return this.#alone(async () => {
      const addresses = await containerAddresses(this);
      await this.#record.update({ addresses });
      return { ...(await this.#engine.cut(mode)), addresses };
    });
  }

  async boot(options: BootOptions = {}): Promise<BootRecord> {
    return this.#alone(() => this.#engine.boot(options));
  }

  async runWith(init: PcInit): Promise<void> {
    await this.#alone(() => this.#engine.runWith(init));
  }

  async runInPc(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return runCommand(await this.#engine.inside(argv), options);
  }

  async putInPc(file: string, target: string, mode = 0o644): Promise<void> {
    const { run } = machinePlaces(this.stateDir);
    const half = path.join(run, 'put');
    await copyFile(file, half);
    await this.runInPc(['install', `--mode=${mode.toString(8)}`, half, target], { check: true });
    await rm(half);
  }

  async enforceNetworkPolicies(on: boolean): Promise<void> {
    if (this.backend === 'docker') return;
    if (on) await startEnforcer(this.stateDir, this.#checkout);
    else if (await stopEnforcer(this.stateDir)) await new Enforcer(this).clear();
  }

  async down(): Promise<void> {
    await this.#alone(async () => {
      if (await stopEnforcer(this.stateDir)) this.#log('removed the enforcer of network policies');
      const removed = await this.#engine.remove();
      for (const item of removed) this.#log(`removed ${item}`);
      this.#log(removed.length === 0 ? 'there was nothing to remove' : 'nothing of the lab is left');
    });
  }

  /** One command at a time changes a lab; the lock lies beside the state folder, which `down` removes. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const waiting = (pid: number) => this.#log(`process ${pid} is changing lab ${this.id}, waiting for it`);
    return withLock(`${this.stateDir}.lock`, waiting, work);
  }

  #step<T>(name: string, expectedSeconds: number, work: () => Promise<T>): Promise<T> {
    return this.#progress.step({ name, expectedSeconds }, work);
  }

  #ask(args: readonly string[]): Promise<CommandResult> {
    return this.run(['kubectl', '--context', `k3d-${this.cluster}`, '--request-timeout=3s', ...args], {
      timeoutSeconds: 5,
    });
  }

  async #stack(): Promise<LabStatus['stack']> {
    const asked = await this.#ask(['get', 'namespace', 'jewelry-shop', '--ignore-not-found', '-o', 'name']);
    if (asked.exitCode !== 0) return 'unknown';
    return asked.stdout.trim() === '' ? 'absent' : 'deployed';
  }

  async #createCluster(images: ClusterImages, nonce: string): Promise<void> {
    const audit = path.dirname(this.auditLog);
    await mkdir(audit, { recursive: true });
    await writeFile(path.join(audit, 'policy.yaml'), auditPolicy);
    const config = path.join(this.stateDir, 'k3d.yaml');
    const { cluster } = this;
    const settings = { cluster, nonce, apiPort, doorPort: frontDoorPort, audit };
    await writeFile(config, k3dConfig({ ...settings, image: images.node, airgap: images.airgap }));
    await this.#removeHalfCluster();
    await this.#step('k3d cluster create', 60, async () => {
      const argv = ['k3d', 'cluster', 'create', '--config', config, '--no-rollback'];
      await this.run(argv, { check: true, timeoutSeconds: 360, env: images.k3dEnv });
    });
    await this.#engine.fillCluster();
    await rm(this.kubeconfig, { force: true });
    await this.#engine.flush();
    await this.#record.update({ clusterKey: images.key });
  }

  /** What an interrupted `up`, or one with other images, left. Throws when a cluster of this name is somebody else's. */
  async #removeHalfCluster(): Promise<void> {
    await this.#record.update({ clusterKey: undefined });
    const listed = await this.run(['k3d', 'cluster', 'list', '-o', 'json'], {
      check: true,
      timeoutSeconds: 60,
    });
    const clusters = JSON.parse(listed.stdout) as { readonly name: string }[];
    if (!clusters.some((found) => found.name === this.cluster)) return;
    await this.#engine.assertOwnCluster();
    this.#log(`removing cluster ${this.cluster}, which is unfinished or made of other images`);
    await this.run(['k3d', 'cluster', 'delete', this.cluster], { check: true, timeoutSeconds: 120 });
  }

  async #writeKubeconfig(): Promise<void> {
    const partial = `${this.kubeconfig}.partial`;
    const admin = (await this.run(['k3d', 'kubeconfig', 'get', this.cluster], { check: true })).stdout;
    await writeFile(partial, admin, { mode: 0o600 });
    const kubectl = async (args: readonly string[], input?: string) => {
      const options = { check: true, timeoutSeconds: 120, ...(input === undefined ? {} : { input }) };
      return (await this.run(['kubectl', '--kubeconfig', partial, ...args], options)).stdout;
    };
    await this.#step('client certificate of rekindle', 5, async () => {
      const answers = async () => {
        const asked = ['kubectl', '--kubeconfig', partial, '--request-timeout=3s', 'get', '--raw', '/readyz'];
        return (await this.run(asked, { timeoutSeconds: 5 })).exitCode === 0;
      };
      await eventually(120_000, 'answer of the API server', answers, 300);
      await writeFile(partial, addRekindleContext(admin, await rekindleCredentials(kubectl)));
    });
    await rename(partial, this.kubeconfig);
  }

  async #clusterAnswers(): Promise<void> {
    if (!existsSync(this.kubeconfig))
      throw new Error(`${this.kubeconfig} is gone: run \`lab down\` and \`lab up\``);
    await eventually(
      120_000,
      'answer of the API server',
      async () => (await this.#ask(['get', '--raw', '/readyz'])).exitCode === 0,
      300,
    );
    await output(
      this.command(['kubectl', 'wait', '--for=condition=Ready', 'nodes', '--all', '--timeout=120s']),
      { env: this.env() },
    );
  }
}
