import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { drillNamed } from '../../src/drills/index.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import { primaryPod, shopKubectl, sql } from '../../src/drills/database.ts';
import { shop } from '../../src/drills/shop.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';
import { exampleTarget } from './example-target.ts';

const withStackFile = ['up', '--json', ...exampleTarget];
const django = ['-l', 'component=django'];
const uidPath = 'jsonpath={range .items[*]}{.metadata.uid}{"\\n"}{end}';

async function uids({ lab }: Site): Promise<string> {
  return shopKubectl(lab, ['get', 'pods', ...django, '-o', uidPath]);
}

interface CrashTail {
  /** What every web server is given before it crashes. */
  readonly spoil: () => Promise<unknown>;
  readonly tidy: () => Promise<unknown>;
  readonly run: () => Promise<Ended>;
}

/** Every web server waits for 80 s while `run` runs. */
async function withCrashTail(site: Site, { spoil, tidy, run }: CrashTail): Promise<Ended> {
  const drill = drillNamed('django-crash-tail');
  // A kubelet remembers for ten minutes how long the last wait was.
  await freshServers(site);
  try {
    await spoil();
    const injection = await drill.inject(site.lab, nobodyHelps);
    const { proven, evidence } = await drill.proof(site.lab, injection);
    if (!proven) throw new Error(`the fault is not proven: ${evidence}`);
    return await run();
  } finally {
    await tidy();
  }
}

/** Runs the program; the web servers must be the same pods afterwards. */
async function deletesNone(site: Site): Promise<Ended> {
  const before = await uids(site);
  const ended = await site.rekindle();
  if ((await uids(site)) !== before) throw new Error('a pod was deleted');
  return ended;
}

/** New web servers, which have never crashed and keep no files. */
async function freshServers({ lab }: Site): Promise<void> {
  await shopKubectl(lab, ['delete', 'pod', ...django, '--wait=true']);
  await shopKubectl(lab, ['rollout', 'status', 'deployment/django', '--timeout=120s']);
}

async function everyDjango({ lab }: Site, argv: readonly string[]): Promise<void> {
  const names = await shopKubectl(lab, ['get', 'pods', ...django, '-o', 'name']);
  for (const name of names.trim().split('\n')) await shopKubectl(lab, ['exec', name, '--', ...argv]);
}

const upload = '/srv/uploads/refusal-case.jpg';

const write = `open('${upload}', 'w').write(__import__('socket').gethostname())`;
const digest = `print(__import__('hashlib').sha256(open('${upload}', 'rb').read()).hexdigest())`;

/** The digest of each web server's own file, in no order that means anything. */
async function digests({ lab }: Site): Promise<string> {
  const names = (await shopKubectl(lab, ['get', 'pods', ...django, '-o', 'name'])).trim().split('\n');
  const found = await Promise.all(
    names.map((name) => shopKubectl(lab, ['exec', name, '--', 'python3', '-c', digest])),
  );
  return found
    .map((line) => line.trim())
    .toSorted()
    .join(' ');
}

/** Runs the program with a folder for copies: every file must be there afterwards, and at least one of them in a new pod. */
async function movesFiles(site: Site, before: string): Promise<Ended> {
  const pods = await uids(site);
  const copies = join(site.folder, 'copies');
  const ended = await site.rekindle({ args: [...withStackFile, '--copy-out', copies] });
  if ((await uids(site)) === pods) throw new Error('no pod was replaced');
  await waitFor('every file as it was', 60, async () =>
    (await digests(site)) === before ? true : undefined,
  );
  if ((await readdir(copies, { recursive: true })).every((name) => !name.endsWith('uploads.tar')))
    throw new Error('no copy was left');
  return ended;
}

const quota = JSON.stringify({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'refusal-case', namespace: shop.namespace },
  spec: { hard: { pods: '1' } },
});

/** Patroni's two candidates: the leader and its synchronous standby. */
async function candidates({ lab }: Site): Promise<readonly string[]> {
  const path = 'jsonpath={.metadata.annotations.leader},{.metadata.annotations.sync_standby}';
  const text = await shopKubectl(lab, ['get', 'endpoints', `${shop.database}-sync`, '-o', path]);
  return text.split(',').filter((name) => name !== '');
}

async function nodeOf({ lab }: Site, pod: string): Promise<string> {
  return (await shopKubectl(lab, ['get', 'pod', pod, '-o', 'jsonpath={.spec.nodeName}'])).trim();
}

/** The candidates are deleted while their nodes take no pods: their volumes bind them there, and nobody may lead. */
async function withoutCandidates(site: Site): Promise<Ended> {
  const { lab } = site;
  const names = await candidates(site);
  const nodes = await Promise.all(names.map((name) => nodeOf(site, name)));
  try {
    for (const node of nodes) await lab.kubectl(['cordon', node]);
    await shopKubectl(lab, ['delete', 'pod', ...names, '--grace-period=0', '--force', '--wait=false']);
    // A StatefulSet makes its pods one after the other: the second one may not be there at all.
    await waitFor('no candidate to run, and one to wait for a node', 60, async () => {
      const path = 'jsonpath={range .items[*]}{.metadata.name}={.status.phase}{"\\n"}{end}';
      const list = await shopKubectl(lab, ['get', 'pods', '-l', 'application=spilo', '-o', path]);
      const theirs = list.split('\n').filter((line) => names.some((name) => line.startsWith(`${name}=`)));
      return theirs.length > 0 && theirs.every((line) => line.endsWith('=Pending')) ? true : undefined;
    });
    return await site.rekindle({
      args: [...withStackFile, '--timeout', '4m'],
    });
  } finally {
    for (const node of nodes) await lab.kubectl(['uncordon', node]);
    await waitFor('a primary', 180, async () => sql(lab, await primaryPod(lab), 'select 1'));
  }
}

/** A file in every web server, with its pod's name in it, which is the same in the pod that gets it. */
async function withFiles(site: Site, run: (before: string) => Promise<Ended>): Promise<Ended> {
  let before = '';
  return withCrashTail(site, {
    spoil: async () => {
      await everyDjango(site, ['python3', '-c', write]);
      before = await digests(site);
    },
    run: () => run(before),
    tidy: () => freshServers(site),
  });
}

/** R3, R5, R6: pods and members that must not be touched. */
export const podCases: readonly RefusalCase[] = [
  defineCase({
    id: 'R3',
    title: 'a pod in a crash back-off keeps files in an emptyDir',
    expected: {
      exitCode: 0,
      says: /would delete what is in its emptyDir volume uploads: refusal-case\.jpg\. The kubelet starts it again by itself, at the latest about \d\d:\d\d:\d\d\. .*`rekindle up --copy-out DIR`/,
    },
    needsWholeStack: true,
    run: (site) => withFiles(site, () => deletesNone(site)),
  }),
  defineCase({
    id: 'R3b',
    title:
      'the same with --copy-out: the pod is restarted, and its file is in the new pod with the same digest',
    expected: {
      exitCode: 0,
      says: /copied 1 file\(s\) \(\d+ bytes\) of django-\S+ to \S+, deleted the pod .*put 1 file\(s\) .*the copy stays/,
      // Three web servers, each rehearsed twice and deleted once, and one that has to be tried again.
      writes: 12,
    },
    needsWholeStack: true,
    run: (site) => withFiles(site, (before) => movesFiles(site, before)),
  }),
  defineCase({
    id: 'R5',
    title: 'Patroni has no leader, and both members that may lead are missing',
    expected: { exitCode: 1, says: /may lead jewelry-shop-db without losing writes, and none of them runs/ },
    needsWholeStack: true,
    run: withoutCandidates,
  }),
  defineCase({
    id: 'R6',
    title: 'a pod in a crash back-off could not be made again: a quota forbids it',
    expected: { exitCode: 0, says: /exceeded quota: refusal-case/ },
    needsWholeStack: true,
    run: (site) =>
      withCrashTail(site, {
        spoil: () => shopKubectl(site.lab, ['apply', '-f', '-'], quota),
        tidy: () => shopKubectl(site.lab, ['delete', 'resourcequota', 'refusal-case', '--ignore-not-found']),
        run: () => deletesNone(site),
      }),
  }),
];
