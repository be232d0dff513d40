import { existsSync, writeFileSync } from 'node:fs';
import process from 'node:process';

import { Document } from 'yaml';

import { localStackFile } from '../../app/stack-file-lookup.ts';
import type { Stack } from '../../domain/stack.ts';
import { causeText } from '../../record/explained-error.ts';
import { document } from '../../report/json.ts';
import { UsageError } from '../errors.ts';
import { exitCodes } from '../exit-code.ts';
import type { CommonOptions } from '../options.ts';
import { openSession } from '../session.ts';

/** The stack file for what was discovered, with the reason for each component as a comment. */
export function stackFileText(stack: Stack): string {
  const { cluster, namespace, components, frontDoor } = stack;
  const file = new Document({
    apiVersion: 'rekindle.dev/v1alpha1',
    kind: 'Stack',
    metadata: { name: stack.name },
    spec: {
      cluster: { provider: cluster.provider, name: cluster.name, context: cluster.context },
      namespace,
      components: components.map(({ ref, adapter, dependsOn }) => ({
        ref: { kind: ref.kind, name: ref.name },
        adapter,
        dependsOn,
      })),
      ...(frontDoor !== undefined && { frontDoor: { url: frontDoor.url, address: frontDoor.address } }),
    },
  });
  components.forEach((component, index) => {
    const node = file.getIn(['spec', 'components', index], true) as { commentBefore?: string };
    node.commentBefore = ` ${component.why}`;
  });
  return file.toString();
}

/** `rekindle init`: writes rekindle.yaml from what is there; never over an existing file. Throws UsageError. */
export async function initCommand(options: CommonOptions, signal: AbortSignal): Promise<number> {
  const { stack: named, ...others } = options;
  const file = named ?? localStackFile;
  if (existsSync(file)) throw notWritten(file, 'a file of this name is there, and it is yours');
  const session = await openSession(others, signal, false);
  try {
    // Without an answer the stack would be the one from before, or none: not what is there.
    await session.context.reader.ready();
    const text = stackFileText(session.context.stack);
    writeNew(file, text);
    process.stdout.write(
      options.json === true
        ? document('init', { file, text })
        : `Wrote ${file}. Read it, then run: rekindle plan\n`,
    );
    return exitCodes.healthy;
  } finally {
    session.close();
  }
}

function writeNew(file: string, text: string): void {
  try {
    // wx: an existing file is the user's and is not written over.
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw notWritten(file, causeText(error));
  }
}

function notWritten(place: string, cause: string): UsageError {
  const next = 'Name another file with --stack, or move this one away.';
  return new UsageError({ what: 'The stack file was not written', cause, place, next });
}
