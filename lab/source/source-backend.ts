import { existsSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

import type { BootOptions, BootRecord } from '../api.ts';
import type { ClusterImages, LabBackend } from '../backend.ts';
import { BuildCache } from '../build/cache.ts';
import { buildLabParts, type LabParts } from '../build/lab-parts.ts';
import { output, runCommand } from '../command.ts';
import type { LabIdentity } from '../identity.ts';
import { Progress } from '../progress.ts';
import { LabRecordFile, type LabRecord } from '../record.ts';
import { requireSourceBackend } from '../requirements.ts';
import { insideArgv } from '../systemd/inside.ts';
import { eventually } from './eventually.ts';
import { bootMachine, machinePlaces, runningMachine, type PcInit } from './machine.ts';
import { namespacePath } from './network.ts';
import { cutMachine, type CutMode, type MachineCut } from './power-cut.ts';
import { clearLeftovers, removeMachine } from './remove-machine.ts';
import { startOrder } from './start-order.ts';

/** Backend `source`: a PC of namespaces on this machine, with a real Docker engine in it and no way to the outside. */
export class SourceBackend implements LabBackend {
  readonly name = 'source';
  readonly #identity: LabIdentity;
  readonly #checkout: string;
  readonly #log: (line: string) => void;
  readonly #progress: Progress;
  readonly #record: LabRecordFile;

  constructor(identity: LabIdentity, checkout: string, log: (line: string) => void) {
    this.#identity = identity;
    this.#checkout = checkout;
    this.#log = log;
    this.#progress = new Progress(path.join(identity.cacheDir, 'times'), log);
    this.#record = new LabRecordFile(identity.stateDir);
  }

  env(): Record<string, string> {
    const { stateDir } = this.#identity;
    return {
      DOCKER_HOST: `unix://${machinePlaces(stateDir).socket}`,
      PATH: `${path.join(stateDir, 'bin')}:${process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin'}`,
    };
  }

  command(argv: readonly string[]): string[] {
    // `ip netns exec` would mount /sys anew and hide the cgroup mounts below it.
    return ['nsenter', `--net=${namespacePath(this.#identity.networkNamespace)}`, '--', ...argv];
  }

  async inside(argv: readonly string[]): Promise<readonly string[]> {
    const machine = await runningMachine(this.#identity.stateDir);
    if (machine === undefined) throw new Error('the PC is off (`lab boot` starts it)');
    return insideArgv(machine, argv);
  }

  async build(): Promise<void> {
    await this.#parts();
  }

  async prepare(): Promise<ClusterImages> {
    const built = await this.#parts();
    const parts = {
      engineRoot: built.engineRoot,
      airgap: path.dirname(built.images.airgap),
      engineImages: built.images.engine,
      k3d: built.programs.k3d,
      kubernetes: built.programs.kubernetes,
      imagesKey: built.imagesKey,
    };
    await this.#record.update({ parts });
    await this.#linkPrograms(parts);
    await this.#powerCycle(parts.engineRoot);
    if (!(await this.isBooted())) await this.boot({ waitForEngine: true });
    await this.#loadImages(parts);
    return {
      node: 'rekindle-lab/node:1',
      // The tools keep the name that k3d asks for by itself: whoever starts the cluster later sets no such variable.
      k3dEnv: { K3D_IMAGE_LOADBALANCER: 'rekindle-lab/loadbalancer:1' },
      airgap: parts.airgap,
      operator: path.join('lab', 'operator'),
      key: parts.imagesKey,
    };
  }

  /** The engine is the lab's own, so whatever is in it is, too. */
  async assertOwnCluster(): Promise<void> {}

  /** The nodes find every image in the folder that they are started with. */
  async fillCluster(): Promise<void> {}

  async isBuilt(): Promise<boolean> {
    const { parts } = await this.#record.read();
    return parts !== undefined && existsSync(parts.engineRoot) && existsSync(parts.engineImages);
  }

  async isBooted(): Promise<boolean> {
    return (await runningMachine(this.#identity.stateDir)) !== undefined;
  }

  async flush(): Promise<void> {
    const machine = await runningMachine(this.#identity.stateDir);
    if (machine === undefined) return;
    const target = ['--target', String(machine.init.pid), '--mount', '--root', '--wd=/'];
    await output(['nsenter', ...target, '--', '/usr/bin/sync', '-f', '/var/lib/docker']);
  }

  async cut(mode: CutMode): Promise<MachineCut> {
    return cutMachine(this.#identity, mode);
  }

  async boot(options: BootOptions): Promise<BootRecord> {
    const record = await this.#record.read();
    if (record.parts === undefined) throw new Error('the lab was never built here: run `npm run lab -- up`');
    const order = startOrder(options, record.addresses ?? {});
    const { engineRoot } = record.parts;
    if (!(await this.isBooted())) {
      const ended = await clearLeftovers(this.#identity);
      if (ended > 0) this.#log(`ended ${ended} process(es) of an interrupted boot`);
    }
    const init = options.init ?? record.init ?? 'engine';
    const booted = await bootMachine({ identity: this.#identity, engineRoot, order, init }, this.#log);
    if (options.waitForEngine === true) await this.#engineAnswers();
    return { ...booted, order };
  }

  async runWith(init: PcInit): Promise<void> {
    const { init: before = 'engine' } = await this.#record.read();
    if (before === init) return;
    await this.#record.update({ init });
    if (await this.isBooted()) {
      await this.flush();
      await this.cut('process-kill');
      await this.boot({ waitForEngine: true });
    }
  }

  async remove(): Promise<readonly string[]> {
    return removeMachine(this.#identity);
  }

  async #parts(): Promise<LabParts> {
    await requireSourceBackend();
    const cache = new BuildCache(this.#identity.cacheDir, this.#progress, this.#log);
    return buildLabParts(cache, this.#checkout);
  }

  /** A PC that was booted from another root file system is switched off. */
  async #powerCycle(engineRoot: string): Promise<void> {
    const machine = await runningMachine(this.#identity.stateDir);
    if (machine === undefined || machine.engineRoot === engineRoot) return;
    this.#log('the PC runs from an older root file system: switching it off');
    await this.flush();
    await this.cut('process-kill');
  }

  async #engineAnswers(): Promise<void> {
    const env = this.env();
    await eventually(60_000, 'answer of the engine', async () => {
      const asked = await runCommand(['docker', 'version'], { env, timeoutSeconds: 5 });
      return asked.exitCode === 0;
    });
  }

  /** docker, k3d and kubectl for the lab's PATH; kubectl is the multi-call binary under this name. */
  async #linkPrograms(parts: NonNullable<LabRecord['parts']>): Promise<void> {
    const bin = path.join(this.#identity.stateDir, 'bin');
    await mkdir(bin, { recursive: true });
    const targets = {
      docker: path.join(parts.engineRoot, 'usr/bin/docker'),
      k3d: parts.k3d,
      kubectl: parts.kubernetes,
    };
    for (const [name, target] of Object.entries(targets)) {
      await rm(path.join(bin, name), { force: true });
      await symlink(target, path.join(bin, name));
    }
  }

  async #loadImages(parts: NonNullable<LabRecord['parts']>): Promise<void> {
    await this.#engineAnswers();
    if ((await this.#record.read()).loadedKey === parts.imagesKey) return;
    await this.#progress.step({ name: 'images into the engine', expectedSeconds: 15 }, async () => {
      await output(['docker', 'load', '--quiet', '--input', parts.engineImages], { env: this.env() });
      await this.flush();
    });
    await this.#record.update({ loadedKey: parts.imagesKey });
  }
}
