import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';

import { nameOf, scriptedPrograms, type Script } from '../../../test/fakes/scripted-programs.ts';
import { uploadsPart } from './uploads-part.ts';

const claim = {
  claim: 'media',
  namespace: 'shop',
  seenBy: [
    { pod: 'web-1', container: 'web', path: '/srv' },
    { pod: 'django-1', container: 'app', path: '/media' },
  ],
};

/** Takes the files where programs do this. */
async function taken(script: Script) {
  const said: string[] = [];
  const part = uploadsPart(scriptedPrograms(script), claim, (line) => void said.push(line));
  const { of } = await part.take(async (plain) => {
    await buffer(Readable.from(plain));
    return { file: 'a', bytes: 0, sha256: '', storedBytes: 0, storedSha256: '' };
  }, []);
  return { of, said };
}

/** An archive without files. */
const works: Script = (program) => (nameOf(program) === 'tar' ? { output: Buffer.alloc(1024) } : {});
const noShell = Object.assign(new Error('exec: "sh": executable file not found'), {
  name: 'ProgramNotStarted',
});

test.each<[string, Script]>([
  [
    'has no shell',
    (program) => {
      if (program.container === 'web') throw noShell;
      return works(program);
    },
  ],
  [
    'has no tar',
    (program) =>
      program.container === 'web' && nameOf(program) === 'tar'
        ? { code: 127, complaint: 'sh: tar: not found' }
        : works(program),
  ],
])('where a container %s, the next one that sees the claim is asked', async (_name, script) => {
  const { of, said } = await taken(script);
  expect(of).toMatchObject({ kind: 'uploads', claim: 'media', pod: 'django-1', path: '/media' });
  expect(said).toEqual([
    expect.stringMatching(/^files of media could not be read in web-1, web: .*not found/),
  ]);
});

const denied: Script = ({ pod }) => ({ code: 1, complaint: `find: /: Permission denied in ${pod}` });

test('where none can, the last says why', async () => {
  await expect(taken(denied)).rejects.toThrow(/Permission denied in django-1/);
});

test('a connection that breaks is no reason to ask another one', async () => {
  const started: string[] = [];
  const script: Script = ({ pod }) => {
    started.push(pod);
    throw Object.assign(new Error('EOF'), { name: 'ClusterUnreachable' });
  };
  await expect(taken(script)).rejects.toThrow('EOF');
  expect(started).toEqual(['web-1']);
});
