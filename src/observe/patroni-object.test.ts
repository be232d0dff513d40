import { describe, expect, test } from 'vitest';

import type { KubeObject } from '../ports/cluster.ts';
import { patroniAnnotations } from './patroni-object.ts';

const shop = { namespace: 'shop', cluster: 'db' };

/** What is on an object of a cluster with these objects, by the end of their paths. */
function annotations(
  objects: Readonly<Record<string, Readonly<Record<string, string>>>>,
  what: 'leader' | 'config' | 'sync',
) {
  const get = (path: string) => {
    const found = objects[path.replace('/api/v1/namespaces/shop/', '')];
    const object: KubeObject | undefined = found && {
      metadata: { name: 'x', uid: 'x', annotations: found },
    };
    return Promise.resolve(object);
  };
  return patroniAnnotations({ get }, shop, what);
}

describe('what Patroni keeps', () => {
  test('lies on Endpoints', async () => {
    const objects = {
      'endpoints/db': { leader: 'db-0' },
      'endpoints/db-config': { config: '{}' },
      'endpoints/db-sync': { leader: 'db-0', sync_standby: 'db-1' },
    };
    expect(await annotations(objects, 'leader')).toEqual({ leader: 'db-0' });
    expect(await annotations(objects, 'config')).toEqual({ config: '{}' });
    expect(await annotations(objects, 'sync')).toEqual({ leader: 'db-0', sync_standby: 'db-1' });
  });

  test('lies on ConfigMaps where it is told so; the Service has Endpoints of its own then', async () => {
    const objects = {
      'endpoints/db': { 'endpoints.kubernetes.io/last-change-trigger-time': 'x' },
      'configmaps/db-leader': { leader: 'db-1' },
      'configmaps/db-config': { config: '{}' },
    };
    expect(await annotations(objects, 'leader')).toEqual({ leader: 'db-1' });
    expect(await annotations(objects, 'config')).toEqual({ config: '{}' });
    expect(await annotations(objects, 'sync')).toBeUndefined();
  });

  test('is the free lock while nobody leads', async () => {
    expect(await annotations({ 'endpoints/db': { ttl: '30' } }, 'leader')).toEqual({ ttl: '30' });
  });
});
