import { describe, expect, it } from 'vitest';

import { seen, type Looked } from '../../domain/looked.ts';
import { clusterFacts } from '../../../test/fakes/readiness.ts';
import { collectClusterFacts, datastoreIn, duLines } from './cluster-facts.ts';
import { systemClock } from '../../app/clock.ts';
import { foldersOf } from '../cluster/data-place.ts';
import { worldWith } from '../../../test/fakes/readiness.ts';
import { claim } from '../../../test/fakes/readiness-objects.ts';

const db = '/var/lib/rancher/k3s/server/db';

function value<T>(look: Looked<T>): T {
  const found = seen(look);
  if (found === undefined) throw new Error('not looked');
  return found;
}

describe('a server node’s database folder', () => {
  it('is k3s’s SQLite file, or a member of etcd', () => {
    expect(datastoreIn('s', `4096\t${db}/state.db\n12\t${db}/state.db-wal\n5000\t${db}\n`)).toEqual({
      container: 's',
      kind: 'sqlite',
      path: `${db}/state.db`,
      bytes: 4096 * 1024,
    });
    const etcd = `64000\t${db}/etcd/member/wal/0.wal\r\n70000\t${db}/etcd\r\n70004\t${db}\r\n`;
    expect(datastoreIn('s', etcd)).toMatchObject({ kind: 'etcd', bytes: 70_000 * 1024 });
  });

  it('may be neither', () => {
    expect(datastoreIn('s', `4\t${db}\n`)).toBeUndefined();
    expect(() => duLines("du: can't open\n")).toThrow(/du said/);
  });
});

describe('collecting', () => {
  const known = clusterFacts();
  const world = worldWith(claim('a', 'agent-0', '/var/lib/rancher/k3s/storage/a'));

  it('measures each folder on its node, and says why where it cannot', async () => {
    const asked: string[] = [];
    const provider = {
      machine: () => Promise.resolve(value(known.machine)),
      containers: () => Promise.resolve(value(known.containers)),
      mounts: () => Promise.reject(new Error('the engine says no')),
      askNode: (id: string, argv: readonly string[]) => {
        asked.push(`${id.slice(0, 8)} ${argv.join(' ')}`);
        if (argv.includes(db)) return Promise.resolve(`9\t${db}/state.db\n9\t${db}\n`);
        return Promise.resolve(`77\t${argv.at(-1)}\n`);
      },
    };
    const facts = await collectClusterFacts({ provider, clock: systemClock }, 'shop', [
      ...foldersOf(world),
      { node: 'k3d-shop-gone', path: '/x' },
    ]);
    expect(asked).toEqual([`server-0 du -ak ${db}`, 'agent-0- du -sk /var/lib/rancher/k3s/storage/a']);
    expect(facts.mounts).toMatchObject({ looked: false, why: 'the engine says no' });
    expect(seen(facts.datastores)).toMatchObject([{ kind: 'sqlite', bytes: 9216 }]);
    expect(facts.folders.map(({ bytes }) => (bytes.looked ? bytes.value : bytes.why))).toEqual([
      77 * 1024,
      'its node does not run or is no container of the engine',
    ]);
  });
});
