import { join } from 'node:path';
import { expect, it } from 'vitest';
import { skipWhen } from '../fakes/skip-when.ts';
import { losingDisk, noPowerLossHere } from './power-loss/disk.ts';
import { ask, startWriter } from './power-loss/writer.ts';

const source = join(import.meta.dirname, '../../src');
const bytes = 3_000_000;

/** Copies one volume as a step does, and says so when it would go on to delete the pod. */
const takeOneCopy = `
  import { takeCopy } from ${JSON.stringify(join(source, 'act/copy-out/take-copy.ts'))};
  const archive = Buffer.alloc(${bytes}, 'x');
  const root = { path: '', type: 'directory', mode: 0o777, uid: 0, gid: 0, size: 0, modifiedAt: 0, from: 0, to: 512 };
  const provider = {
    readArchive: async (id, { take }) => {
      for (let at = 0; at < archive.length; at += 65536) await take?.(archive.subarray(at, at + 65536));
      return { entries: [root], isWhole: true, bytes: archive.length };
    },
  };
  await takeCopy({
    pod: { namespace: 'shop', name: 'web', uid: 'uid-of-web', emptyDirs: ['uploads'] },
    node: { id: 'a', name: 'agent-0' },
    root: folder + '/copies/run',
    provider,
    now: 0,
    signal: new AbortController().signal,
  });
  console.log('copied');
  setInterval(() => {}, 1000);`;

const lookForIt = `
  import { readFileSync } from 'node:fs';
  import { copyOnDisk } from ${JSON.stringify(join(source, 'record/copy-on-disk.ts'))};
  const found = copyOnDisk(folder + '/copies/run', { kind: 'Pod', namespace: 'shop', name: 'web', uid: 'uid-of-web' });
  const archive = found.state === 'whole' ? readFileSync(found.archives[0]) : Buffer.alloc(0);
  console.log(JSON.stringify({ ...found, bytes: archive.length, good: archive.every((byte) => byte === 120) }));`;

it('a loss of power takes no copy for which a pod may be deleted', async (context) => {
  skipWhen(context, noPowerLossHere());
  const disk = await losingDisk();
  const writer = startWriter(disk, takeOneCopy);
  await writer.said(1);
  await disk.losePower(writer.process);
  expect(ask(disk, lookForIt)).toMatchObject({ state: 'whole', bytes, good: true });
});
