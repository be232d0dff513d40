import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

import { temporaryFolder } from '../../test/fakes/temporary-folder.ts';
import { deletedPods, isWrite, requestsSince } from './audit-log.ts';

const pods = '/api/v1/namespaces/shop/pods';

function event(verb: string, name: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const objectRef = { resource: 'pods', namespace: 'shop', name };
  return JSON.stringify({
    stage: 'ResponseComplete',
    verb,
    user: { username: 'rekindle' },
    requestURI: `${pods}/${name}`,
    responseStatus: { code: 200 },
    objectRef,
    ...changes,
  });
}

/** What a log with these lines says of the user `rekindle`. */
async function read(...lines: readonly string[]) {
  const file = path.join(temporaryFolder(), 'audit.log');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return requestsSince(file, 0, 'rekindle');
}

test('a look, a tunnel and a dry run change nothing; a deletion does', async () => {
  const tunnel = { resource: 'pods', subresource: 'portforward', name: 'web-1' };
  const events = await read(
    event('get', 'web-1'),
    event('create', 'web-1', { objectRef: tunnel }),
    event('create', '', { requestURI: `${pods}?dryRun=All` }),
    event('delete', 'web-1'),
    event('delete', 'web-2', { user: { username: 'somebody' } }),
  );
  expect(events.filter(isWrite)).toMatchObject([{ verb: 'delete', objectRef: { name: 'web-1' } }]);
});

test('every accepted deletion of a pod is told, one that was refused is not', async () => {
  const events = await read(
    event('delete', 'web-1'),
    event('delete', 'web-2', { responseStatus: { code: 409 } }),
    event('delete', 'web-1'),
  );
  expect(deletedPods(events)).toEqual(['web-1', 'web-1']);
});
