import { containersOf, containerState } from '../../src/drills/containers.ts';
import { shopKubectl } from '../../src/drills/database.ts';
import { shop } from '../../src/drills/shop.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import { stepGroups } from '../../src/cli/commands/step-groups.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';
import { exampleTarget } from './example-target.ts';
import { withFault } from './with-fault.ts';

const where = ['--json', ...exampleTarget];

function step(site: Site, name: string): Promise<Ended> {
  return site.rekindle({ args: ['step', 'run', name, ...where] });
}

/** Several ends as one: the worst exit code, everything that was said, all writes. */
function together(ends: readonly Ended[]): Ended {
  return {
    exitCode: Math.max(...ends.map(({ exitCode }) => exitCode)),
    signal: ends.find(({ signal }) => signal !== undefined)?.signal,
    seconds: ends.reduce((sum, { seconds }) => sum + seconds, 0),
    requests: ends.flatMap(({ requests }) => requests),
    stdout: ends.map(({ stdout }) => stdout).join('\n'),
    stderr: ends.map(({ stderr }) => stderr).join('\n'),
    writes: ends.reduce((sum, { writes }) => sum + writes, 0),
  };
}

/** Breaks the stack by the drill, lets it become what the step is for, runs the step, and puts everything back. */
async function needed(
  site: Site,
  drillId: string,
  name: string,
  until: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Ended> {
  return withFault(site, drillId, async () => {
    await until();
    return step(site, name);
  });
}

async function everyNodeRuns({ lab }: Site): Promise<void> {
  const names = [...(await containersOf(lab, 'server')), ...(await containersOf(lab, 'agent'))];
  for (const name of names) {
    const { status } = await containerState(lab, name);
    if (status !== 'running') throw new Error(`${name} is ${status} after start-cluster`);
  }
}

/** The poolers read their own file again: the profile of the stack file has to be set anew. */
async function freshPoolers({ lab }: Site): Promise<void> {
  await shopKubectl(lab, ['delete', 'pod', '-l', shop.poolerLabels, '--wait=true']);
  const ready = ['wait', '--for=condition=Ready', 'pod', '--timeout=60s'];
  await shopKubectl(lab, [...ready, '-l', shop.poolerLabels]);
}

/** H10: what people did by hand, one after the other, on a stack that needs it and on one that does not. */
export const stepCases: readonly RefusalCase[] = [
  defineCase({
    id: 'H10a',
    title: 'every step on a stack that needs none of them',
    expected: { exitCode: 0, says: /"actions": ?\[\]/ },
    needsWholeStack: true,
    run: async (site) => {
      // What the profile asks for is set before: the steps are tried on a stack that has it.
      await site.rekindle();
      const ends: Ended[] = [];
      for (const name of Object.keys(stepGroups)) ends.push(await step(site, name));
      const acted = ends.filter(({ stdout }) => !/"actions": ?\[\]/.test(stdout));
      if (acted.length > 0) throw new Error(`a step acted: ${acted.map(({ stdout }) => stdout).join('\n')}`);
      return together(ends);
    },
  }),
  defineCase({
    id: 'H10b',
    title: 'step run start-cluster: the cluster was stopped',
    expected: { exitCode: 0, says: /start-cluster/ },
    needsWholeStack: true,
    run: async (site) => {
      const ended = await needed(site, 'cluster-stopped', 'start-cluster');
      await everyNodeRuns(site);
      return ended;
    },
  }),
  defineCase({
    id: 'H10c',
    title: 'step run clean-up-pods: the entry of a failed pod is left',
    expected: { exitCode: 0, says: /delete-left-over-pod/, writes: 1 },
    needsWholeStack: true,
    run: (site) =>
      needed(site, 'pods-left-over', 'clean-up-pods', () =>
        waitFor('the pod that took its place', 240, async () => {
          const path = 'jsonpath={.status.readyReplicas}';
          const ready = await shopKubectl(site.lab, ['get', 'deployment', 'gift-cards', '-o', path]);
          const made = await site.rekindle({ args: ['plan', ...where] });
          return ready.trim() === '1' && made.stdout.includes('delete-left-over-pod') ? true : undefined;
        }),
      ),
  }),
  defineCase({
    id: 'H10d',
    title: 'step run wait-for-database: right after the power came back',
    expected: { exitCode: 0, says: /PostgreSQL takes writes: jewelry-shop-db-\d/ },
    needsWholeStack: true,
    run: async (site) => {
      await site.lab.cut();
      await site.lab.boot({ waitForEngine: true });
      return step(site, 'wait-for-database');
    },
  }),
  defineCase({
    id: 'H10e',
    title: "step run sync-pooler-credentials: the role's password is not the Secret's",
    expected: { exitCode: 0, says: /sync-pooler-credentials/ },
    needsWholeStack: true,
    run: (site) => needed(site, 'pooler-password-changed', 'sync-pooler-credentials'),
  }),
  defineCase({
    id: 'H10f',
    title: 'step run apply-pooler-profile: the poolers have started anew',
    expected: { exitCode: 0, says: /apply-pooler-profile/ },
    needsWholeStack: true,
    run: async (site) => {
      await freshPoolers(site);
      return step(site, 'apply-pooler-profile');
    },
  }),
  defineCase({
    id: 'H10g',
    title: 'step run restart-apps: web servers wait out a back-off',
    expected: { exitCode: 0, says: /restart-crash-looping-pod/, writes: 6 },
    needsWholeStack: true,
    run: (site) => needed(site, 'django-crash-tail', 'restart-apps'),
  }),
  defineCase({
    id: 'H8',
    title: 'Redis was scaled to 0 by hand: named, with the way back, and not touched',
    expected: { exitCode: 1, says: /redis was scaled to 0 [^"]+ --replicas=1/ },
    needsWholeStack: true,
    run: (site) => withFault(site, 'redis-scaled-to-zero', () => site.rekindle()),
  }),
];
