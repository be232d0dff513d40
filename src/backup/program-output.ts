import type { PodPrograms, ProgramEnd, ProgramInPod } from '../ports/pod-programs.ts';
import { ExplainedError, type Explanation } from '../record/explained-error.ts';

/** A program in a pod that ended with an error. */
export class ProgramFailed extends ExplainedError {
  override readonly name = 'ProgramFailed';
  /** Its exit code; undefined: it ended well, and what it did was not good all the same. */
  readonly code: number | undefined;

  constructor({ code, ...explanation }: Explanation & { readonly code?: number }) {
    super(explanation);
    this.code = code;
  }
}

/** Throws ProgramFailed, with its own words, unless the program ended well. */
export function assertSuccess(program: ProgramInPod, { code, complaint }: ProgramEnd): void {
  if (code === 0) return;
  const { namespace, pod, container, argv } = program;
  throw new ProgramFailed({
    what: `${nameOf(argv)} ended with code ${code}`,
    cause: causeOf(complaint),
    place: `pod ${namespace}/${pod}, container ${container}`,
    next: 'Read the cause; `kubectl logs` of that pod may say more.',
    code,
  });
}

/** The line that tells most: the first error, for what follows is often only its echo; else the last line. */
function causeOf(complaint: string): string {
  const lines = complaint.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /\b(?:error|fatal|panic):/i.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}

/** A script is named by what it is about, not by the shell. */
function nameOf([program, ...rest]: readonly string[]): string {
  return program === 'sh' ? (rest.at(2) ?? 'a script') : (program ?? 'a program');
}

/** A script for the container's shell; `name` is what messages call it, and the rest are its arguments `$1`, `$2`, ... */
export function script(name: string, text: string, ...words: readonly string[]): ProgramInPod['argv'] {
  return ['sh', '-c', text, name, ...words];
}

/** What a program writes, of which only the whole counts: the stream fails with ProgramFailed unless it ended well. */
export async function* wholeOutput(programs: PodPrograms, program: ProgramInPod): AsyncGenerator<Buffer> {
  const running = await programs.start(program);
  try {
    yield* running.output as AsyncIterable<Buffer>;
    assertSuccess(program, await running.ended);
  } finally {
    running.stop();
  }
}

/** The text that a program writes. Throws ProgramFailed. */
export async function outputText(programs: PodPrograms, program: ProgramInPod): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of wholeOutput(programs, program)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Gives a program this input; resolves with what it wrote once it has ended well. Throws ProgramFailed. */
export async function withInput(
  programs: PodPrograms,
  program: ProgramInPod,
  input: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<string> {
  const running = await programs.start(program, { withInput: true });
  const writing = (async () => {
    for await (const chunk of input) {
      if (running.input.destroyed) break;
      if (!running.input.write(chunk)) await drained(running.input);
    }
    running.input.end();
  })();
  try {
    const chunks: Buffer[] = [];
    // What it says matters more than that it took no more input.
    const reading = (async () => {
      for await (const chunk of running.output as AsyncIterable<Buffer>) chunks.push(chunk);
      return running.ended;
    })();
    const end = await Promise.race([reading, writing.then(() => reading)]);
    assertSuccess(program, end);
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    running.stop();
    await writing.catch(() => undefined);
  }
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error']) stream.removeListener(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) stream.once(event, done);
  });
}
