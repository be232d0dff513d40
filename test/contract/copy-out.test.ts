import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';

import { runStep } from '../../src/act/runner.ts';
import { restartPodWithItsFiles } from '../../src/act/steps/restart-pod-with-its-files.ts';
import { unfinishedCopies, unfinishedCopyTask } from '../../src/app/unfinished-copies.ts';
import { saw } from '../../src/domain/looked.ts';
import { podFacts } from '../../src/observe/pod-facts.ts';
import { copyOnDisk } from '../../src/record/copy-on-disk.ts';
import { filesOfAPod, newPod, oldPod, type FilesOfAPod } from '../fakes/files-of-a-pod.ts';
import { memoryJournal } from '../fakes/memory-journal.ts';
import { healthy, now } from '../fakes/observation.ts';
import { skipWhen } from '../fakes/skip-when.ts';

const isRoot = process.getuid?.() === 0;
const secret = 'a line that only the file may hold';
const hostile = '\u001B[2Jname\nof two lines';
const written = new Date('2026-01-01T11:22:33Z');

/** A folder with everything that a volume can hold and a tar archive keeps. */
function fill(folder: string): void {
  mkdirSync(join(folder, '2026', 'empty'), { recursive: true });
  writeFileSync(join(folder, '2026', 'a.jpg'), Buffer.alloc(300_000, 'picture'));
  writeFileSync(join(folder, 'private'), secret, { mode: 0o600 });
  writeFileSync(join(folder, hostile), 'x');
  writeFileSync(join(folder, `${'long '.repeat(40)}name`), 'y');
  writeFileSync(join(folder, 'none'), '');
  linkSync(join(folder, 'private'), join(folder, 'same'));
  symlinkSync('2026/a.jpg', join(folder, 'newest'));
  symlinkSync('/srv/uploads/2026', join(folder, 'absolute'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  chmodSync(join(folder, '2026'), 0o2750);
  if (isRoot) {
    chownSync(join(folder, 'private'), 1234, 5678);
    lchownSync(join(folder, 'newest'), 4_000_000_000, 4_000_000_001);
  }
  utimesSync(join(folder, 'private'), written, written);
}

/** What a person would compare. */
function picture(folder: string): Readonly<Record<string, unknown>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      const { mode, uid, gid, size, mtimeMs } = lstatSync(path);
      const isFile = lstatSync(path).isFile();
      const link = lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
      const bytes = isFile ? readFileSync(path, 'latin1') : undefined;
      const time = isFile ? Math.floor(mtimeMs / 1000) : undefined;
      return [name, { mode, uid, gid, size: isFile ? size : 0, link, bytes, time }];
    }),
  );
}

/** A pod whose volume holds everything. */
async function fullPod(): Promise<FilesOfAPod> {
  const fake = await filesOfAPod();
  fill(fake.folder(oldPod));
  return fake;
}

const run = ({ planned, context }: FilesOfAPod) => restartPodWithItsFiles.run(planned, context);

/** Nothing was deleted, and everything is where it was. */
async function expectRefusal(fake: FilesOfAPod, says: RegExp): Promise<void> {
  const before = picture(fake.folder(oldPod));
  await expect(run(fake)).rejects.toThrow(says);
  expect(fake.done.filter((what) => what.startsWith('delete'))).toEqual([]);
  expect(picture(fake.folder(oldPod))).toEqual(before);
}

const copiesOf = (fake: FilesOfAPod) => join(fake.copies, 'shop', oldPod.name);

describe('files that move from a pod to the next', () => {
  it('are the same there with their owners, modes, times and links, and the copy stays', async () => {
    const fake = await fullPod();
    const before = picture(fake.folder(oldPod));
    expect(await restartPodWithItsFiles.precondition(fake.planned, fake.context)).toBeUndefined();
    const did = await run(fake);
    expect(picture(fake.folder(newPod))).toEqual(before);
    expect(fake.done).toEqual(['rehearse', 'rehearse', 'delete web-old']);
    expect(did).toMatch(
      /copied 5 file\(s\) and 4 link\(s\).* put 5 file\(s\) and 4 link\(s\).* into web-new/,
    );
    expect(did).toContain(copiesOf(fake));
    expect(readdirSync(copiesOf(fake)).sort()).toEqual(['manifest.json', 'uploads.tar']);
    expect(statSync(join(copiesOf(fake), 'uploads.tar')).mode & 0o777).toBe(0o600);
    expect(statSync(fake.copies).mode & 0o777).toBe(0o700);
    expect(await restartPodWithItsFiles.probe(fake.planned, fake.context)).toMatchObject({ answer: 'yes' });
  });

  it('leave neither their contents nor their raw names in the journal', async () => {
    const fake = await fullPod();
    fake.made = () => fill(fake.folder(newPod));
    rmSync(join(fake.folder(oldPod), 'private'));
    rmSync(join(fake.folder(oldPod), 'same'));
    writeFileSync(join(fake.folder(oldPod), hostile), secret);
    const journal = memoryJournal();
    const result = await runStep(fake.planned, fake.context, 'run', (event) => journal.append(event, now));
    expect(result).toMatchObject({ acted: 'done', verified: 'yes' });
    const texts = JSON.stringify(journal.events());
    expect(result.did).toContain(String.raw`left as the new pod has it: \u{1b}[2Jname\u{a}of two lines`);
    expect(result.did).not.toMatch(/\p{C}/u);
    expect(texts).not.toContain(secret);
    expect(texts).not.toContain('\\u001b');
  });

  it('do not replace what the new pod wrote, and do not follow its links', async () => {
    const fake = await fullPod();
    const elsewhere = join(fake.folder(newPod), '..', 'elsewhere');
    fake.made = () => {
      const folder = fake.folder(newPod);
      writeFileSync(join(folder, 'private'), 'of the new pod');
      writeFileSync(join(folder, 'none'), '');
      mkdirSync(elsewhere);
      symlinkSync('../elsewhere', join(folder, '2026'));
    };
    expect(await run(fake)).toContain(
      'left as the new pod has it: 2026, 2026/a.jpg, 2026/empty, private, same',
    );
    const folder = fake.folder(newPod);
    expect(readFileSync(join(folder, 'private'), 'utf8')).toBe('of the new pod');
    expect(readlinkSync(join(folder, '2026'))).toBe('../elsewhere');
    expect(readdirSync(elsewhere)).toEqual([]);
    expect(readFileSync(join(folder, `${'long '.repeat(40)}name`), 'utf8')).toBe('y');
    expect(copyOnDisk(fake.copies, fake.planned.target)).toMatchObject({ state: 'whole' });
  });

  it('may be in several volumes, and in none', async () => {
    const volumes = [
      { name: 'uploads', emptyDir: {} },
      { name: 'cache', emptyDir: {} },
    ];
    const fake = await filesOfAPod(volumes);
    mkdirSync(join(fake.folder(oldPod, 'cache'), 'empty'), { recursive: true });
    writeFileSync(join(fake.folder(oldPod), 'a'), 'a');
    expect(await run(fake)).toContain('put 1 file(s) (1 bytes) into web-new');
    expect(readdirSync(copiesOf(fake)).sort()).toEqual(['cache.tar', 'manifest.json', 'uploads.tar']);
    expect(existsSync(join(fake.folder(newPod, 'cache'), 'empty'))).toBe(true);
  });
});

describe('nothing is deleted', () => {
  it('when a file changes between the two looks; then no copy is left', async () => {
    const fake = await fullPod();
    fake.before = (what, count) => {
      if (what === 'read' && count === 2) appendFileSync(join(fake.folder(oldPod), 'private'), 'more');
    };
    await expect(run(fake)).rejects.toThrow(
      /volume uploads changed between two looks \(private.*still writes.*nothing was deleted/,
    );
    expect(fake.done).toEqual([]);
    expect(readdirSync(join(fake.copies, 'shop'))).toEqual([]);
  });

  it('when a file is written anew with the same size and time', async () => {
    const fake = await fullPod();
    fake.before = (_what, count) => {
      const file = join(fake.folder(oldPod), 'private');
      if (count === 2) writeFileSync(file, secret.toUpperCase());
      utimesSync(file, written, written);
    };
    await expect(run(fake)).rejects.toThrow(/changed between two looks \(private/);
    expect(fake.done).toEqual([]);
  });

  it.each([1, 2])('when the engine dies in the middle of look %i', async (look) => {
    const fake = await fullPod();
    fake.before = (_what, count) => {
      if (count === look) throw new Error('dies');
    };
    await expectRefusal(fake, /engine could not be asked.*nothing was deleted/);
    expect(existsSync(copiesOf(fake))).toBe(false);
  });

  it('when a container has run since, and when the API would not make the pod again', async () => {
    const fake = await fullPod();
    fake.api = (what) => {
      if (what !== 'rehearse') return Promise.resolve();
      return Promise.reject(new Error('exceeded quota: small'));
    };
    await expectRefusal(fake, /exceeded quota: small; the pod is still there, and a copy of its files is in/);
    fake.api = () => Promise.resolve(fake.crashAgain());
    await expectRefusal(fake, /has run since; the pod is still there/);
    expect(copyOnDisk(fake.copies, fake.planned.target)).toMatchObject({ state: 'whole' });
  });

  it('when the API refuses the deletion', async () => {
    const fake = await fullPod();
    fake.api = (what) =>
      what === 'delete' ? Promise.reject(new Error('the object changed')) : Promise.resolve();
    await expectRefusal(fake, /the object changed; the pod is still there/);
    expect(copyOnDisk(fake.copies, fake.planned.target)).toMatchObject({ state: 'whole' });
  });

  it.each<[string, RegExp, (folder: string) => void]>([
    [
      'a link leads out of the volume',
      /link out leads out of the volume/,
      (folder) => symlinkSync('../../../etc', join(folder, 'out')),
    ],
    [
      'a name is no UTF-8',
      /not valid UTF-8/,
      (folder) => writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xff, 0xfe)]), 'x'),
    ],
  ])('when %s', async (_name, says, make) => {
    const fake = await fullPod();
    make(fake.folder(oldPod));
    await expect(run(fake)).rejects.toThrow(says);
    expect(fake.done).toEqual([]);
  });

  it('when a volume is in memory, and when its folder is missing', async () => {
    const inMemory = await filesOfAPod([{ name: 'uploads', emptyDir: { medium: 'Memory' } }]);
    expect(await restartPodWithItsFiles.precondition(inMemory.planned, inMemory.context)).toMatch(
      /in memory/,
    );
    await expect(run(inMemory)).rejects.toThrow(/in memory.*nothing was deleted/);
    const fake = await fullPod();
    rmSync(fake.folder(oldPod), { recursive: true });
    await expect(run(fake)).rejects.toThrow(/no folder of volume uploads; nothing was deleted/);
  });

  it('when the disk of the copy is too small, and when it fills up meanwhile', async (context) => {
    skipWhen(context, isRoot ? undefined : 'needs root (a small tmpfs)');
    const fake = await fullPod();
    mkdirSync(fake.copies, { recursive: true });
    const mount = (size: string): void => {
      const { status, stderr } = spawnSync('mount', [
        '-t',
        'tmpfs',
        '-o',
        `size=${size}`,
        'tmpfs',
        fake.copies,
      ]);
      skipWhen(context, status === 0 ? undefined : `no tmpfs here: ${stderr.toString().trim()}`);
    };
    const unmount = () => spawnSync('umount', [fake.copies]);
    onTestFinished(() => void unmount());
    mount('8m');
    await expectRefusal(fake, /has 8 MiB free, and 17 MiB are needed; nothing was deleted/);
    unmount();
    mount('24m');
    let reads = 0;
    fake.before = () => {
      reads += 1;
      if (reads === 2) spawnSync('dd', ['if=/dev/zero', `of=${fake.copies}/full`, 'bs=1M']);
    };
    await expectRefusal(fake, /ENOSPC.*nothing was deleted/);
    expect(readdirSync(join(fake.copies, 'shop'))).toEqual([]);
  });
});

/** Runs the step until the process is "killed" at this call of the API, and gives what the next run finds in the journal. */
async function killedAt(
  fake: FilesOfAPod,
  call: 'delete' | 'list',
): Promise<ReturnType<typeof unfinishedCopies>> {
  const journal = memoryJournal();
  const { promise: reached, resolve } = Promise.withResolvers<void>();
  let isDeleted = false;
  fake.api = (what) => {
    isDeleted ||= what === 'delete';
    if (what !== call || (call === 'list' && !isDeleted)) return Promise.resolve();
    resolve();
    return new Promise(() => undefined);
  };
  void runStep(fake.planned, fake.context, 'killed', (event) => journal.append(event, now));
  await reached;
  return unfinishedCopies(journal.events(), 'next');
}

/** What the next run tells, when it sees the pods as they are now. */
function told(fake: FilesOfAPod, unfinished: ReturnType<typeof unfinishedCopies>) {
  const pods = [...fake.pods.values()].map((object) => podFacts(object));
  const observation = healthy({ pods: saw(pods, 'API', now) });
  return unfinished.map((copy) =>
    unfinishedCopyTask(copy, copyOnDisk(copy.root, copy.step.target), observation),
  );
}

describe('the program is killed', () => {
  it('between copy and deletion: the pod has its files, and there is nothing to do', async () => {
    const fake = await fullPod();
    const before = picture(fake.folder(oldPod));
    const unfinished = await killedAt(fake, 'delete');
    expect(unfinished).toHaveLength(1);
    expect(told(fake, unfinished)).toEqual([undefined]);
    expect(picture(fake.folder(oldPod))).toEqual(before);
  });

  it('between deletion and copying back: the next run names the command that puts the files back', async () => {
    const fake = await fullPod();
    const before = picture(fake.folder(oldPod));
    const unfinished = await killedAt(fake, 'list');
    const [task] = told(fake, unfinished);
    const archive = join(copiesOf(fake), 'uploads.tar');
    const folder = '/var/lib/kubelet/pods/uid-of-web-new/volumes/kubernetes.io~empty-dir';
    expect(task?.byHand).toContain(`docker cp - agent-0:${folder} < ${archive}`);
    // What `docker cp -` asks of the engine.
    const bytes = readFileSync(archive);
    await fake.context.provider.writeArchive('agent-0', folder, { bytes: bytes.length, chunks: [bytes] });
    expect(picture(fake.folder(newPod))).toEqual(before);
  });

  it('and the copy is not where it was: that is told, and not that there is none', async () => {
    const fake = await fullPod();
    const unfinished = await killedAt(fake, 'list');
    rmSync(fake.copies, { recursive: true });
    expect(told(fake, unfinished)).toMatchObject([
      { reason: expect.stringMatching(/is not found there: ENOENT/) as string },
    ]);
  });
});

describe('the pod is gone and the files are not back', () => {
  it.each<[string, RegExp, (fake: FilesOfAPod) => void]>([
    [
      'the engine breaks off',
      /could not be asked.*the old pod was deleted, its files are in .*docker cp - agent-0:\S+uid-of-web-new/,
      (fake) => {
        fake.before = (what) => {
          if (what === 'write') throw new Error('dies');
        };
      },
    ],
    [
      'the new pod changes them at once',
      /2 of \d+ things in volume uploads of web-new are not as they were \(private, same\)/,
      (fake) => {
        let isPut = false;
        fake.before = (what) => {
          if (what === 'read' && isPut) writeFileSync(join(fake.folder(newPod), 'private'), 'changed');
          isPut ||= what === 'write';
        };
      },
    ],
  ])('%s: the copy is named, and the command', async (_name, says, spoil) => {
    const fake = await fullPod();
    spoil(fake);
    await expect(run(fake)).rejects.toThrow(says);
    expect(copyOnDisk(fake.copies, fake.planned.target)).toMatchObject({ state: 'whole' });
  });
});
