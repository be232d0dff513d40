import { describe, expect, test } from 'vitest';

import { boot, node, now, stack } from '../../../test/fakes/observation.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import type { NodeFile } from '../../ports/cluster-provider.ts';
import type { ActContext } from '../define-step.ts';
import { setNetworkCacheAside } from './set-network-cache-aside.ts';

const folder = '/var/lib/cni/results';
const aside = '/var/lib/cni/set-aside-20260101T120030Z';
const agent = node('agent-0');

const planned: PlannedStep = {
  step: 'set-network-cache-aside',
  target: { kind: 'Container', name: agent.name, uid: agent.id },
  risk: 'safe',
  because: 'network-cache-damaged',
  reason: '',
  provenBy: '',
  undo: '',
  evidenceAt: now,
  parameters: { files: `${folder}/pods-a-eth0\n${folder}/pods-b-eth0` },
};

function file(name: string, contents = '', modifiedAt = boot - 60_000): NodeFile {
  return { name, bytes: Buffer.from(contents), modifiedAt };
}

/** A node whose cache has these files; `ran` collects what was run on it and `mv` takes effect. */
function aNode(files: NodeFile[], state: 'running' | 'exited' = 'running') {
  const ran: string[] = [];
  const provider = {
    containers: () => Promise.resolve([node('agent-0', { state })]),
    readFolder: (_id: string, path: string) => Promise.resolve(path === folder ? [...files] : undefined),
    runOnNode: (_id: string, argv: readonly string[]) => {
      ran.push(argv.join(' '));
      if (argv[0] === 'mv') {
        files.splice(
          files.findIndex(({ name }) => argv[1] === `${folder}/${name}`),
          1,
        );
      }
      return Promise.resolve();
    },
  };
  return { ran, context: { provider, stack, clock: { now: () => now } } as unknown as ActContext };
}

describe('setting a network cache aside', () => {
  test('moves the planned files that are still damaged, and nothing else', async () => {
    const { ran, context } = aNode([file('pods-a-eth0'), file('pods-b-eth0', '{}'), file('pods-c-eth0')]);
    expect(await setNetworkCacheAside.precondition(planned, context)).toBeUndefined();
    expect(await setNetworkCacheAside.probe(planned, context)).toMatchObject({ answer: 'no' });
    await setNetworkCacheAside.run(planned, context);
    expect(ran).toEqual([`mkdir -p ${aside}`, `mv ${folder}/pods-a-eth0 ${aside}/`]);
    expect(await setNetworkCacheAside.probe(planned, context)).toMatchObject({ answer: 'yes' });
    expect(await setNetworkCacheAside.precondition(planned, context)).toMatch(/no damaged file/);
  });

  test('leaves files of this boot alone: they may be half written this moment', async () => {
    const { context } = aNode([file('pods-a-eth0', '', boot + 5000)]);
    expect(await setNetworkCacheAside.precondition(planned, context)).toMatch(/no damaged file/);
  });

  test('does nothing to a node that does not run', async () => {
    const { ran, context } = aNode([file('pods-a-eth0')], 'exited');
    expect(await setNetworkCacheAside.precondition(planned, context)).toMatch(/does not run/);
    await expect(setNetworkCacheAside.run(planned, context)).rejects.toThrow('nothing was touched');
    expect(ran).toEqual([]);
  });
});
