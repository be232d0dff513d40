import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { causeText, errorCode } from '../record/explained-error.ts';

/** What `kubectl kustomize` makes of a folder, or why it makes nothing. */
export type Built = { readonly text: string } | { readonly why: string };

/** A stack of a thousand objects is a few megabytes, bytes. */
const largest = 64 * 1024 * 1024;

/** Nothing is fetched and no cluster is asked, ms. */
const deadlineMs = 60_000;

/** Builds a folder by kubectl's own Kustomize, which knows every field; asks no cluster. */
export async function kustomize(folder: string): Promise<Built> {
  try {
    const { stdout } = await promisify(execFile)('kubectl', ['kustomize', folder], {
      maxBuffer: largest,
      timeout: deadlineMs,
    });
    return { text: stdout };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { why: 'there is no kubectl on this machine to build it' };
    const said = (error as { readonly stderr?: unknown }).stderr;
    return {
      why: `kubectl kustomize: ${causeText(typeof said === 'string' && said !== '' ? new Error(said) : error)}`,
    };
  }
}
