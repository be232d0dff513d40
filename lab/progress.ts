import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** One thing that takes time: what it is called and how long it is known to take on 2 cores, in seconds. */
export interface TimedStep {
  readonly name: string;
  readonly expectedSeconds: number;
}

/** Prints elapsed and expected time of every step that takes longer than two seconds; learns from each run. */
export class Progress {
  readonly #folder: string;
  readonly #log: (line: string) => void;

  /** `folder` keeps the last measured time of each step. */
  constructor(folder: string, log: (line: string) => void) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Runs the step; its failure is passed on, its time is remembered only when it succeeds. */
  async step<T>(step: TimedStep, run: () => Promise<T>): Promise<T> {
    const expected = await this.#expected(step);
    const start = performance.now();
    const elapsed = () => Math.round((performance.now() - start) / 1000);
    const tell = () => this.#log(`${step.name}: ${elapsed()} s of about ${expected} s`);
    const first = setTimeout(tell, 2000);
    const ticker = setInterval(tell, 15_000);
    try {
      const result = await run();
      const seconds = Math.round((performance.now() - start) / 100) / 10;
      if (seconds > 2) this.#log(`${step.name}: done in ${seconds} s`);
      await this.#remember(step.name, seconds);
      return result;
    } finally {
      clearTimeout(first);
      clearInterval(ticker);
    }
  }

  #file(name: string): string {
    return path.join(this.#folder, `${name.replaceAll(/[^a-z0-9]+/gi, '-')}.seconds`);
  }

  async #expected(step: TimedStep): Promise<number> {
    const file = this.#file(step.name);
    return existsSync(file) ? Math.round(Number(await readFile(file, 'utf8'))) : step.expectedSeconds;
  }

  async #remember(name: string, seconds: number): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeFile(this.#file(name), `${seconds}\n`);
  }
}
