import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

import { errorCode } from '../../src/record/explained-error.ts';

/** A Go module of somebody else, for the data files in it: where it is, or why it cannot be had here. */
export type FoundModule =
  | { readonly folder: string; readonly lacking?: undefined }
  | { readonly folder?: undefined; readonly lacking: string };

/** Downloads a module by the Go client and compares it with its checksum (as go.sum has it). Throws when that differs. */
export async function goModule(name: string, sum: string): Promise<FoundModule> {
  try {
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', name], { cwd: tmpdir() });
    const { Dir: folder, Sum: found } = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
    if (found !== sum) throw new Error(`${name} has the checksum ${found}, not ${sum}`);
    return { folder };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { lacking: 'needs Go, which brings the definitions of others' };
    const { stderr } = error as { readonly stderr?: string };
    if (stderr === undefined) throw error;
    return { lacking: `${name} cannot be downloaded: ${stderr.split('\n')[0] ?? ''}` };
  }
}
