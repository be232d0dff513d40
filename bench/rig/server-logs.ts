import { databasePods, primaryPod, shopKubectl, sql } from '../../src/drills/database.ts';
import type { DrillLab } from '../../src/drills/define-drill.ts';
import { shop } from '../../src/drills/shop.ts';

/** Size of each log file of a member, bytes, by its path. */
type Sizes = ReadonlyMap<string, number>;

async function inPod(lab: DrillLab, pod: string, argv: readonly string[]): Promise<string> {
  return shopKubectl(lab, ['exec', pod, '-c', 'postgres', '--', ...argv]);
}

/** The folder into which PostgreSQL's own collector writes; undefined when the container's log has everything. */
async function logFolder(lab: DrillLab): Promise<string | undefined> {
  const pod = await primaryPod(lab);
  if ((await sql(lab, pod, 'show logging_collector')) !== 'on') return undefined;
  const folder = await sql(lab, pod, 'show log_directory');
  return folder.startsWith('/') ? folder : `${await sql(lab, pod, 'show data_directory')}/${folder}`;
}

async function sizes(lab: DrillLab, pod: string, folder: string | undefined): Promise<Sizes> {
  if (folder === undefined) return new Map();
  const list = await inPod(lab, pod, ['find', folder, '-type', 'f', '-printf', '%s %p\n']);
  return new Map(
    list
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(line.indexOf(' ') + 1), Number.parseInt(line, 10)]),
  );
}

/** What PostgreSQL and PgBouncer wrote to their logs from a moment on, wherever they keep them. */
export class ServerLogs {
  readonly #lab: DrillLab;
  readonly #from: string;
  readonly #folder: string | undefined;
  readonly #before: ReadonlyMap<string, Sizes>;

  private constructor(lab: DrillLab, from: string, folder: string | undefined, before: Map<string, Sizes>) {
    this.#lab = lab;
    this.#from = from;
    this.#folder = folder;
    this.#before = before;
  }

  /** From now on. */
  static async begin(lab: DrillLab): Promise<ServerLogs> {
    const folder = await logFolder(lab);
    const before = new Map<string, Sizes>();
    for (const pod of await databasePods(lab)) before.set(pod, await sizes(lab, pod, folder));
    return new ServerLogs(lab, new Date().toISOString(), folder, before);
  }

  /** Makes PostgreSQL log every statement, in both ways that it has, or puts its settings back. */
  static async everyStatement(lab: DrillLab, on: boolean): Promise<void> {
    const pod = await primaryPod(lab);
    const settings = { log_statement: "'all'", log_min_duration_statement: '0' };
    for (const [name, value] of Object.entries(settings))
      await sql(lab, pod, on ? `alter system set ${name} = ${value}` : `alter system reset ${name}`);
    await sql(lab, pod, 'select pg_reload_conf()');
  }

  /** Everything since the beginning, by whose log it is. */
  async since(): Promise<readonly (readonly [string, string])[]> {
    const since = [`--since-time=${this.#from}`, '--tail=-1'];
    const postgres: string[] = [];
    for (const pod of await databasePods(this.#lab)) {
      postgres.push(await shopKubectl(this.#lab, ['logs', pod, '-c', 'postgres', ...since]));
      postgres.push(await this.#files(pod));
    }
    const poolers = await shopKubectl(this.#lab, ['logs', '-l', shop.poolerLabels, '--prefix', ...since]);
    return [
      ["PostgreSQL's log", postgres.join('\n').trim()],
      ["PgBouncer's log", poolers.trim()],
    ];
  }

  async #files(pod: string): Promise<string> {
    const before = this.#before.get(pod) ?? new Map<string, number>();
    const parts: string[] = [];
    for (const [file, size] of await sizes(this.#lab, pod, this.#folder)) {
      const from = before.get(file) ?? 0;
      if (size > from) parts.push(await inPod(this.#lab, pod, ['tail', '-c', `+${from + 1}`, file]));
    }
    return parts.join('\n');
  }
}
