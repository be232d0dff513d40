import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Readable, Writable } from 'node:stream';

import type { PodPrograms, ProgramEnd } from '../../src/ports/pod-programs.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Programs in pods that run on this machine as they are; these, shell scripts by their names, take the place of its own. */
export function localPrograms(own: Readonly<Record<string, string>> = {}): PodPrograms {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(own)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
  return {
    start: ({ argv: [name, ...words] }, { withInput = false } = {}) => {
      const child = spawn(name, words, {
        stdio: [withInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
        env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      });
      let complaint = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text));
      const input = child.stdin ?? new Writable().destroy();
      input.on('error', () => undefined);
      const ended = new Promise<ProgramEnd>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code) => resolve({ code: code ?? 1, complaint: complaint.trim() }));
      });
      ended.catch(() => undefined);
      const output = child.stdout ?? Readable.from([]);
      return Promise.resolve({ input, output, ended, stop: () => void child.kill('SIGKILL') });
    },
  };
}
