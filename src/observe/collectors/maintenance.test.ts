import { expect, test } from 'vitest';

import { maintenanceAnnotation } from '../../domain/maintenance.ts';
import type { DatabaseComponent } from '../../domain/stack.ts';
import type { ClusterReader, KubeObject } from '../../ports/cluster.ts';
import { collectMaintenance } from './maintenance.ts';

const shop = {
  namespace: 'shop',
  databases: [{ namespace: 'shop', cluster: 'db' } as unknown as DatabaseComponent],
};
const places = {
  namespace: '/api/v1/namespaces/shop',
  database: '/apis/acid.zalan.do/v1/namespaces/shop/postgresqls/db',
};
const named = (name: string, text?: string): KubeObject => ({
  metadata: {
    name,
    uid: name,
    ...(text !== undefined && { annotations: { [maintenanceAnnotation]: text } }),
  },
});
const refusal = Object.assign(new Error('forbidden: user may not get it'), { name: 'Forbidden' });

/** An API with these answers, by path; an error is thrown, and what has no answer is not there. */
function collected(answers: Readonly<Record<string, KubeObject | Error>>) {
  const get = (path: string) => {
    const answer = answers[path];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return collectMaintenance({ get } as unknown as ClusterReader, shop);
}

test('reads the marks of the namespace and of each database cluster', async () => {
  expect(
    await collected({ [places.namespace]: named('shop'), [places.database]: named('db', 'upgrade') }),
  ).toEqual({
    marks: [{ kind: 'postgresql', name: 'db', text: 'upgrade' }],
    forbidden: [],
  });
  expect(await collected({})).toEqual({ marks: [], forbidden: [] });
});

test('what may not be read is named, and hides no other mark', async () => {
  expect(await collected({ [places.namespace]: named('shop', 'move'), [places.database]: refusal })).toEqual({
    marks: [{ kind: 'Namespace', name: 'shop', text: 'move' }],
    forbidden: [{ object: 'postgresql db', why: 'forbidden: user may not get it' }],
  });
});

test('what gives no answer is not taken for unmarked', async () => {
  await expect(
    collected({ [places.namespace]: refusal, [places.database]: new Error('no answer') }),
  ).rejects.toThrow('no answer');
});
