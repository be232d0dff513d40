import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { causeText, errorCode, ExplainedError } from '../record/explained-error.ts';
import { configDirectory } from '../record/paths.ts';
import { parseStackFile } from '../stack-file/parse.ts';
import type { StackFile } from '../stack-file/schema.ts';

/** A stack file that is there, or was named, cannot be read. */
export class StackFileUnreadable extends ExplainedError {
  override readonly name = 'StackFileUnreadable';
}

/** A stack file and where it was found. */
export interface FoundStackFile {
  readonly path: string;
  readonly file: StackFile;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Looked for in the working folder when no file is named. */
export const localStackFile = 'rekindle.yaml';

/**
 * The stack file that was named, else `./rekindle.yaml`, else undefined. Needs no cluster, so that a mistake in it is
 * told before anything is waited for. Throws StackFileUnreadable, StackFileInvalid.
 */
export function findStackFile(named: string | undefined): FoundStackFile | undefined {
  const path = named ?? localStackFile;
  const text = readText(path);
  if (text !== undefined) return { path, file: parseStackFile(text, path) };
  if (named === undefined) return undefined;
  throw unreadable(path, 'there is no such file');
}

/**
 * The user's own stack file of a kubeconfig context, `${XDG_CONFIG_HOME:-~/.config}/rekindle/<context>.yaml`, or
 * undefined. Throws StackFileUnreadable, StackFileInvalid.
 */
export function findContextStackFile(
  context: string,
  environment: Environment = process.env,
): FoundStackFile | undefined {
  const path = contextStackFilePath(context, environment);
  const text = readText(path);
  return text === undefined ? undefined : { path, file: parseStackFile(text, path) };
}

/** A context may be called like `arn:aws:eks/shop`: what does not belong in a file name is escaped. */
function contextStackFilePath(context: string, environment: Environment): string {
  return join(configDirectory(environment), `${encodeURIComponent(context)}.yaml`);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw unreadable(path, causeText(error));
  }
}

function unreadable(place: string, cause: string): StackFileUnreadable {
  return new StackFileUnreadable({
    what: 'The stack file cannot be read',
    cause,
    place,
    next: 'Check its name and permissions, or let `rekindle init` write one.',
  });
}
