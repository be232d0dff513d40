import { open } from 'node:fs/promises';

import { z } from 'zod';

const auditEvent = z.object({
  stage: z.string(),
  verb: z.string(),
  /** Without a name where the API did not let anybody in. */
  user: z.object({ username: z.string().default('') }),
  requestURI: z.string().default(''),
  responseStatus: z.object({ code: z.number().optional() }).optional(),
  objectRef: z
    .object({
      resource: z.string().optional(),
      subresource: z.string().optional(),
      name: z.string().optional(),
    })
    .optional(),
});
export type AuditEvent = z.infer<typeof auditEvent>;

const writingVerbs = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/** Creates that change nothing: tunnels, commands in a pod, and questions about one's own rights. */
const harmless = /^(pods\/(portforward|exec)|selfsubject[a-z]*reviews|[a-z]+accessreviews)$/u;

/** A dry run goes through admission and is never stored (kubernetes.io, API concepts, dry-run). */
const dryRun = /[?&]dryRun=All(&|$)/u;

/** Whether the request changed, or tried to change, something in the cluster. */
export function isWrite({ verb, objectRef, requestURI }: AuditEvent): boolean {
  const { resource = '', subresource } = objectRef ?? {};
  const path = subresource === undefined ? resource : `${resource}/${subresource}`;
  return writingVerbs.has(verb) && !harmless.test(path) && !dryRun.test(requestURI);
}

/** Names of the pods whose deletion was accepted, one for each request: a name that comes twice was deleted twice. */
export function deletedPods(events: readonly AuditEvent[]): readonly string[] {
  return events
    .filter(({ verb, objectRef, responseStatus }) => {
      const isPod = objectRef?.resource === 'pods' && objectRef.subresource === undefined;
      return verb === 'delete' && isPod && (responseStatus?.code ?? 0) < 300;
    })
    .map(({ objectRef }) => objectRef?.name ?? '');
}

/** Finished requests of one user that were written to the audit log behind `offset` bytes. */
export async function requestsSince(
  file: string,
  offset: number,
  user: string,
): Promise<readonly AuditEvent[]> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { buffer } = await handle.read(Buffer.alloc(size - offset), 0, size - offset, offset);
    const text = buffer.toString('utf8');
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => auditEvent.parse(JSON.parse(line)))
      .filter(({ stage, user: { username } }) => username === user && stage === 'ResponseComplete');
  } finally {
    await handle.close();
  }
}
