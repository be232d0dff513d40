import { writeFileSync } from 'node:fs';
import process from 'node:process';

import { Document } from 'yaml';

import type { Stack } from '../../domain/stack.ts';
import { document } from '../../report/json.ts';
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

/** `rekindle init`: writes rekindle.yaml from what is there; never over an existing file. */
export async function initCommand(options: CommonOptions, signal: AbortSignal): Promise<number> {
  const session = await openSession(options, signal, false);
  try {
    const text = stackFileText(session.context.stack);
    const file = options.stack ?? 'rekindle.yaml';
    // wx: an existing file is the user's and is not written over.
    writeFileSync(file, text, { flag: 'wx' });
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
