import { drillNamed } from '../../src/drills/index.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import { primaryPod, shopKubectl, sql } from '../../src/drills/database.ts';
import { shop } from '../../src/drills/shop.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';

const django = ['-l', 'component=django'];
const uidPath = 'jsonpath={range .items[*]}{.metadata.uid}{"\\n"}{end}';

async function uids({ lab }: Site): Promise<string> {
  return shopKubectl(lab, ['get', 'pods', ...django, '-o', uidPath]);
}

/** Every web server waits for 80 s; `spoil` makes it wrong to delete them. They must be the same pods afterwards. */
async function withCrashTail(
  site: Site,
  spoil: () => Promise<unknown>,
  tidy: () => Promise<unknown>,
): Promise<Ended> {
  const drill = drillNamed('django-crash-tail');
  try {
    await spoil();
    const injection = await drill.inject(site.lab, nobodyHelps);
    const { proven, evidence } = await drill.proof(site.lab, injection);
    if (!proven) throw new Error(`the fault is not proven: ${evidence}`);
    const before = await uids(site);
    const ended = await site.rekindle();
    if ((await uids(site)) !== before) throw new Error('a pod was deleted');
    return ended;
  } finally {
    await tidy();
  }
}

async function everyDjango({ lab }: Site, argv: readonly string[]): Promise<void> {
  const names = await shopKubectl(lab, ['get', 'pods', ...django, '-o', 'name']);
  for (const name of names.trim().split('\n')) await shopKubectl(lab, ['exec', name, '--', ...argv]);
}

const upload = '/srv/uploads/refusal-case.jpg';

const quota = JSON.stringify({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'refusal-case', namespace: shop.namespace },
  spec: { hard: { 'requests.memory': '1Mi' } },
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
    await waitFor('both candidates to wait for a node', 60, async () => {
      const path = 'jsonpath={.items[*].status.phase}';
      const phases = await shopKubectl(lab, ['get', 'pods', '-l', 'application=spilo', '-o', path]);
      return phases.split(' ').filter((phase) => phase === 'Pending').length === names.length
        ? true
        : undefined;
    });
    return await site.rekindle({
      args: 'up --json --timeout 4m --context rekindle --stack examples/jewelry-shop/rekindle.yaml'.split(
        ' ',
      ),
    });
  } finally {
    for (const node of nodes) await lab.kubectl(['uncordon', node]);
    await waitFor('a primary', 180, async () => sql(lab, await primaryPod(lab), 'select 1'));
  }
}

/** R3, R5, R6: pods and members that must not be touched. */
export const podCases: readonly RefusalCase[] = [
  defineCase({
    id: 'R3',
    title: 'a pod in a crash back-off keeps files in an emptyDir',
    expected: { exitCode: 0, says: /would delete what is in its emptyDir volume uploads: refusal-case\.jpg/ },
    needsWholeStack: true,
    run: (site) =>
      withCrashTail(
        site,
        () => everyDjango(site, ['touch', upload]),
        () => everyDjango(site, ['rm', '-f', upload]),
      ),
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
      withCrashTail(
        site,
        () => shopKubectl(site.lab, ['apply', '-f', '-'], quota),
        () => shopKubectl(site.lab, ['delete', 'resourcequota', 'refusal-case', '--ignore-not-found']),
      ),
  }),
];
