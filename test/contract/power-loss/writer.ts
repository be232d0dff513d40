import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { LosingDisk } from './disk.ts';

function nodeArgv(disk: LosingDisk, script: string): [string, ...string[]] {
  const program = `const folder = ${JSON.stringify(disk.folder)};\n${script}`;
  return disk.command([process.execPath, '--input-type=module', '-e', program]);
}

/** A program that writes to the disk until the power goes. */
export interface Writer {
  readonly process: ChildProcess;
  /** The lines that it has said so far. */
  readonly lines: readonly string[];
  /** Waits until it has said this many lines. Throws with its last words when it ends before. */
  readonly said: (count: number) => Promise<void>;
}

/** Starts a writer; `script` is an ES module and finds the disk in `folder`. */
export function startWriter(disk: LosingDisk, script: string): Writer {
  const [file, ...args] = nodeArgv(disk, script);
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  // It may complain about a disk that fails under it: shown only when it was not to end.
  let errors = '';
  let ended = false;
  let heard = Promise.withResolvers<void>();
  const wake = () => {
    heard.resolve();
    heard = Promise.withResolvers<void>();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  child.once('close', () => {
    ended = true;
    wake();
  });
  const said = async (count: number) => {
    while (lines.length < count) {
      if (ended) throw new Error(`the writer ended: ${errors}`);
      await heard.promise;
    }
  };
  return { process: child, lines, said };
}

/** Runs a script on the disk to its end and parses the JSON that it prints. Throws with what it said when it fails. */
export function ask(disk: LosingDisk, script: string): unknown {
  const [file, ...args] = nodeArgv(disk, script);
  return JSON.parse(execFileSync(file, args, { encoding: 'utf8' }));
}
