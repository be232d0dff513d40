import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { z } from 'zod';

import type { PodPrograms, ProgramInPod, RunningProgram } from '../../ports/pod-programs.ts';
import { assertSuccess, ProgramFailed } from '../program-output.ts';

/** A PostgreSQL server in a container, reached over its own socket: no password, and nothing leaves the pod. */
export interface ServerInPod {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The superuser's name. */
  readonly superuser: string;
  /** Folder of its socket; undefined: where its programs look by themselves. */
  readonly socket?: string;
  /** Folder of the programs of its own version; undefined: what the container finds by name. */
  readonly binaries?: string;
}

/** Arguments that lead PostgreSQL's own programs to this server. */
export function connection({ superuser, socket }: ServerInPod): readonly string[] {
  return ['-U', superuser, '-w', ...(socket === undefined ? [] : ['-h', socket])];
}

/** One of PostgreSQL's programs in the server's own container. */
export function programOf(server: ServerInPod, name: string, ...words: readonly string[]): ProgramInPod {
  const { namespace, pod, container, binaries } = server;
  const program = binaries === undefined ? name : `${binaries}/${name}`;
  return { namespace, pod, container, argv: [program, ...connection(server), ...words] };
}

/** The database that every server has, and in which most keep nothing. */
export const usualDatabase = 'postgres';

/** From where a database is made and dropped: not from itself. */
export function maintenanceDatabase(database: string): string {
  return database === usualDatabase ? 'template1' : usualDatabase;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * A session of `psql` that stays open: a snapshot lives only as long as the session that exported it. Answers come as JSON, one
 * line each. After an error the session is over, as ON_ERROR_STOP makes psql end.
 */
export class PsqlSession {
  readonly #program: ProgramInPod;
  readonly #running: RunningProgram;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor(program: ProgramInPod, running: RunningProgram) {
    this.#program = program;
    this.#running = running;
    this.#reader = createInterface({ input: running.output, crlfDelay: Infinity });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Throws ProgramFailed when psql cannot log in, or what starting a program throws. */
  static async open(programs: PodPrograms, server: ServerInPod, database: string): Promise<PsqlSession> {
    const options = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', database];
    const program = programOf(server, 'psql', ...options);
    const session = new PsqlSession(program, await programs.start(program, { withInput: true }));
    try {
      await session.run(sameText.join(';\n'));
    } catch (error) {
      session.close();
      throw error;
    }
    return session;
  }

  /** Runs statements without an answer. Throws ProgramFailed with the server's words. */
  async run(sql: string): Promise<void> {
    await this.#answer(`${sql};`);
  }

  /** The rows of a query, as this schema has them. Throws ProgramFailed, or zod's error for rows of another shape. */
  async query<Row>(sql: string, row: z.ZodType<Row>): Promise<readonly Row[]> {
    // jsonb is written on one line.
    const wrapped = `SELECT coalesce(jsonb_agg(to_jsonb(q)), '[]'::jsonb)::text FROM (${sql}) AS q;`;
    const lines = await this.#answer(wrapped);
    return z.array(row).parse(JSON.parse(lines.join('\n')));
  }

  /** The only row of a query. */
  async row<Row>(sql: string, row: z.ZodType<Row>): Promise<Row> {
    const [first] = await this.query(sql, row);
    if (first === undefined) throw new Error(`no row: ${sql}`);
    return first;
  }

  close(): void {
    this.#reader.close();
    this.#running.stop();
  }

  async #answer(sql: string): Promise<readonly string[]> {
    const mark = randomUUID();
    if (!this.#running.input.write(`${sql}\n\\echo ${mark}\n`)) await once(this.#running.input, 'drain');
    const lines: string[] = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) return this.#failed(sql);
      if (value === mark) return lines;
      lines.push(value);
    }
  }

  async #failed(sql: string): Promise<never> {
    assertSuccess(this.#program, await this.#running.ended);
    throw new ProgramFailed({
      what: 'psql ended before its answer',
      cause: sql.slice(0, 200),
      place: this.#program.pod,
      next: 'Run it again.',
    });
  }
}

/**
 * What turns a value into text must be the same wherever it is done: the client's settings, and none of the server's. The empty
 * search_path makes names come with their schemas (and is what pg_dump sets).
 */
const sameText: readonly string[] = [
  "SET client_encoding = 'UTF8'",
  "SET datestyle = 'ISO, YMD'",
  "SET intervalstyle = 'iso_8601'",
  "SET timezone = 'UTC'",
  "SET bytea_output = 'hex'",
  'SET extra_float_digits = 3',
  "SET lc_monetary = 'C'",
  "SET xmloption = 'content'",
  'SET row_security = off',
  'SET statement_timeout = 0',
  'SET lock_timeout = 0',
  'SET idle_in_transaction_session_timeout = 0',
  "SET search_path = ''",
];
