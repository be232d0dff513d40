import type { Lab } from '../../lab/lab.ts';

/** What must not change on a container that is not ours. */
interface ForeignState {
  /** Docker's word: running, exited, … */
  readonly status: string;
  /** Which one it is, when it was started last, and how often it was restarted. */
  readonly lastStart: string;
}

const stateFormat = '{{.State.Status}} {{.Id}} {{.State.StartedAt}} {{.RestartCount}}';

/** Marks what a journey made, so that only that is removed, also after a crash of an earlier run. */
const mark = 'rekindle.dev/journey=foreign';

const nodeLabels = ['app=k3d', 'k3d.cluster=jewelry-shop', 'k3d.role=server'];

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

/**
 * A cluster `jewelry-shop` and a container that know nothing of the lab, on the lab's engine: k3d and Rekindle know
 * a cluster by the labels of its containers, so one that never heard of Kubernetes is enough. Where the user has a
 * cluster of this name, that one is the foreign cluster, and it is only looked at.
 */
export class ForeignContainers {
  readonly #lab: Lab;
  readonly #ids: readonly string[];

  private constructor(lab: Lab, ids: readonly string[]) {
    this.#lab = lab;
    this.#ids = ids;
  }

  /** Makes and starts them. Throws with docker's words. */
  static async place(lab: Lab): Promise<ForeignContainers> {
    await removeMarked(lab);
    const image = await lab.docker([
      'inspect',
      '--format',
      '{{.Config.Image}}',
      `k3d-${lab.cluster}-serverlb`,
    ]);
    const run = async (name: string, labels: readonly string[]) => {
      const marks = [mark, ...labels].map((label) => `--label=${label}`);
      const program = ['--entrypoint', '/bin/sh', image.trim(), '-c', 'while :; do sleep 60; done'];
      const made = await lab.docker([
        'run',
        '--detach',
        '--restart',
        'no',
        '--name',
        name,
        ...marks,
        ...program,
      ]);
      return made.trim();
    };
    const there = await lab.docker([
      'ps',
      '--all',
      '--quiet',
      '--no-trunc',
      '--filter',
      `label=${nodeLabels[1]}`,
    ]);
    const nodes =
      lines(there).length > 0 ? lines(there) : [await run('k3d-jewelry-shop-server-0', nodeLabels)];
    return new ForeignContainers(lab, [...nodes, await run('rekindle-journey-foreign', [])]);
  }

  /** Throws when one of them is gone. */
  async states(): Promise<readonly ForeignState[]> {
    const inspected = await this.#lab.docker(['inspect', '--format', stateFormat, ...this.#ids]);
    return lines(inspected).map((line) => {
      const [status = '', ...lastStart] = line.split(' ');
      return { status, lastStart: lastStart.join(' ') };
    });
  }

  async remove(): Promise<void> {
    await removeMarked(this.#lab);
  }
}

async function removeMarked(lab: Lab): Promise<void> {
  const made = lines(await lab.docker(['ps', '--all', '--quiet', '--filter', `label=${mark}`]));
  if (made.length > 0) await lab.docker(['rm', '--force', ...made]);
}
