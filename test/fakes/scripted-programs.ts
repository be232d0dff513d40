import { PassThrough, Writable } from 'node:stream';

import type { PodPrograms, ProgramEnd, ProgramInPod, RunningProgram } from '../../src/ports/pod-programs.ts';

/** What a program writes and how it ends; nothing said: nothing, and well. */
export interface Scripted {
  readonly output?: string | Buffer;
  readonly complaint?: string;
  readonly code?: number;
}

/** Says what a program does; throws what starting it throws. `sql`: what a session of psql is asked now. */
export type Script = (program: ProgramInPod, sql?: string) => Scripted | undefined;

/** What a script of the shell is called, or else the program. */
export function nameOf({ argv }: ProgramInPod): string {
  return (argv[0] === 'sh' ? argv[3] : argv[0].split('/').at(-1)) ?? '';
}

/** A program that takes all of its input and does as it is told. */
function whole({ output = '', complaint = '', code = 0 }: Scripted): RunningProgram {
  const input = new Writable({ write: (_chunk, _encoding, done) => done() });
  const stdout = new PassThrough();
  stdout.end(output);
  return { input, output: stdout, ended: Promise.resolve({ code, complaint }), stop: () => undefined };
}

/** A session of psql as `PsqlSession` uses it: each question ends with a line that is echoed behind the answer. */
function session(answers: (sql: string) => Scripted | undefined): RunningProgram {
  const output = new PassThrough();
  const { promise: ended, resolve } = Promise.withResolvers<ProgramEnd>();
  let sql = '';
  const input = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      for (const line of chunk.toString('utf8').split('\n')) {
        const [, mark] = /^\\echo (.*)$/.exec(line) ?? [];
        if (mark === undefined) {
          sql += `${line}\n`;
          continue;
        }
        const { output: said, complaint = '', code = 0 } = answers(sql) ?? {};
        sql = '';
        if (said !== undefined) output.write(`${said.toString()}\n`);
        if (code === 0) output.write(`${mark}\n`);
        else {
          output.end();
          resolve({ code, complaint });
        }
      }
      done();
    },
  });
  return { input, output, ended, stop: () => void output.end() };
}

/** Programs in pods that only seem to run. */
export function scriptedPrograms(script: Script): PodPrograms {
  return {
    start: (program, { withInput = false } = {}) => {
      try {
        if (withInput && nameOf(program) === 'psql')
          return Promise.resolve(session((sql) => script(program, sql)));
        return Promise.resolve(whole(script(program) ?? {}));
      } catch (error) {
        return Promise.reject(error);
      }
    },
  };
}
