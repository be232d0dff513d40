import { Document, isCollection, isNode } from 'yaml';

import { plainLine } from '../domain/plain-text.ts';
import { poolerProfile, type PoolerProfile } from '../domain/pooler-profiles.ts';
import type { Stack } from '../domain/stack.ts';

function before(file: Document, path: readonly unknown[], reason: string | undefined): void {
  const node = file.getIn(path, true);
  if (isNode(node) && reason !== undefined) node.commentBefore = ` ${plainLine(reason)}`;
}

/** Nothing says how the owner wants their pooler: that is asked, not guessed. */
const poolerHint =
  'pooler: { profile: quick } would ask for these settings of PgBouncer; see `rekindle pooler profile list`';

/** A profile as the stack file has it: by its name where that says everything. */
function poolerNode({ name, settings }: PoolerProfile): Readonly<Record<string, unknown>> {
  return poolerProfile(name) === undefined ? { settings } : { profile: name };
}

/** The stack file for what was discovered; the reason for each component, dependency and the way in is a comment. */
export function stackFileText(stack: Stack): string {
  const { cluster, namespace, components, frontDoor } = stack;
  const file = new Document({
    apiVersion: 'rekindle.dev/v1alpha1',
    kind: 'Stack',
    metadata: { name: stack.name },
    spec: {
      cluster: { provider: cluster.provider, name: cluster.name, context: cluster.context },
      namespace,
      ...(frontDoor !== undefined && {
        frontDoor: {
          url: frontDoor.url,
          address: frontDoor.address,
          healthPath: frontDoor.healthPath,
          ...(frontDoor.tlsSecret !== undefined && { tlsSecret: frontDoor.tlsSecret.name }),
        },
      }),
      ...(stack.poolerProfile !== undefined && { pooler: poolerNode(stack.poolerProfile) }),
      components: components.map(({ ref, adapter, dependsOn }) => ({
        ref: { kind: ref.kind, name: ref.name },
        adapter,
        dependsOn,
      })),
    },
  });
  file.commentBefore =
    ' What was found, and why. Everything is optional: what is left out is discovered anew.';
  before(file, ['spec', 'frontDoor'], frontDoor?.why);
  if (stack.poolers.length > 0 && stack.poolerProfile === undefined)
    before(file, ['spec', 'components'], poolerHint);
  components.forEach(({ why, dependsOn, dependsOnWhy }, index) => {
    const place = ['spec', 'components', index];
    before(file, place, why);
    const ref = file.getIn([...place, 'ref'], true);
    if (isCollection(ref)) ref.flow = true;
    dependsOn.forEach((name, at) => before(file, [...place, 'dependsOn', at], dependsOnWhy?.[name]));
  });
  return file.toString({ lineWidth: 0 });
}
