import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import type { KubeConfig } from '@kubernetes/client-node';

import { labProgram } from './lab-program.ts';

/** The real kubectl, for one API server or for none. */
export interface RealKubectl {
  /** A folder that holds it under its own name: the multi-call program of the lab goes by that. */
  readonly folder: string;
  /** Runs it; its standard output. Throws with what it said when it fails. */
  readonly run: (args: readonly string[], input?: string) => Promise<string>;
  readonly remove: () => void;
}

/** kubectl of the lab's Kubernetes, bound to a server where a kubeconfig is given. */
export function realKubectl(config?: KubeConfig): RealKubectl {
  const program = labProgram('kubernetes');
  if (program === undefined) throw new Error('the lab has not built kubectl');
  const folder = mkdtempSync(join(tmpdir(), 'rekindle-kubectl-'));
  symlinkSync(program, join(folder, 'kubectl'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, config?.exportConfig() ?? '', { mode: 0o600 });
  return {
    folder,
    run: async (args, input = '') => {
      const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: kubeconfig };
      const child = spawn(join(folder, 'kubectl'), args, { env, stdio: 'pipe' });
      child.stdin.end(input);
      const ended = once(child, 'close');
      const [out, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
      const [code] = (await ended) as [number | null];
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${said}`);
      return out;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
