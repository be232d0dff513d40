import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { isAlive, processStart } from '../../lab/source/processes.ts';
import { literal, primaryPod, sql } from '../../src/drills/database.ts';
import { drillNamed } from '../../src/drills/index.ts';
import { nobodyHelps } from '../../src/drills/nobody-helps.ts';
import { shop } from '../../src/drills/shop.ts';
import { boundaryEnv } from '../rig/boundary.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';
import { exampleTarget } from './example-target.ts';
import { expectNothingLost, journalOf } from './nothing-lost.ts';
import { withFault } from './with-fault.ts';

const fault = 'pooler-password-changed';
const step = 'sync-pooler-credentials';

/** How many passwords were put right so far, by the case's journal. */
function timesPutRight(site: Site): number {
  const events = journalOf(site);
  const ours = new Set(
    events.flatMap(({ type, body }) =>
      type === 'step-intended' && body.step?.step === step ? [body.action] : [],
    ),
  );
  return events.filter(({ type, body }) => type === 'step-acted' && ours.has(body.action)).length;
}

/** Changes the password again each time that it was put right, and lets the poolers log in anew, until there is no process. */
async function changeItAgain(site: Site, pid: number): Promise<void> {
  const drill = drillNamed(fault);
  const start = await processStart(pid);
  if (start === undefined) return;
  let answered = 0;
  while (await isAlive({ pid, start })) {
    const times = timesPutRight(site);
    if (times > answered) {
      answered = times;
      await drill.inject(site.lab, nobodyHelps);
    }
    await sleep(100);
  }
}

/** A stack file that lets nothing be tried twice in vain. */
async function impatientStack({ folder }: Site): Promise<string> {
  const file = path.join(folder, 'impatient.yaml');
  const head = 'apiVersion: rekindle.dev/v1alpha1\nkind: Stack\nmetadata: { name: jewelry-shop }\n';
  await writeFile(file, `${head}spec:\n  namespace: ${shop.namespace}\n  policy: { attempts: 1 }\n`);
  return file;
}

/** A run is killed right after it has put the password right; somebody changes it again; then the plan is asked. */
async function askedAtOnce(site: Site): Promise<Ended> {
  const boundary = { side: 'after', event: 'step-acted', nth: 1, step } as const;
  const killed = await site.rekindle({ env: boundaryEnv(boundary, { do: 'signal', signal: 'SIGKILL' }) });
  if (killed.signal !== 'SIGKILL')
    throw new Error(`it was not killed, it ended with ${killed.exitCode}: ${killed.stderr}`);
  const password = randomBytes(18).toString('base64url');
  await sql(
    site.lab,
    await primaryPod(site.lab),
    `alter role ${shop.poolerRole} password ${literal(password)}`,
  );
  const plan = await site.rekindle({ args: ['plan', '--json', ...exampleTarget] });
  await expectNothingLost(site, killed);
  return plan;
}

/** R7: what was just done is not done again on what was seen before, and what does not last is left to a person. */
export const againCases: readonly RefusalCase[] = [
  defineCase({
    id: 'R7b',
    title: 'a password that was put right a moment ago is wrong again: the action waits for fresh evidence',
    expected: { exitCode: 1, says: /was done on it \d+ s ago\..*judged anew from fresh evidence/s },
    needsWholeStack: true,
    run: (site) => withFault(site, fault, () => askedAtOnce(site)),
  }),
  defineCase({
    id: 'R7c',
    title: 'somebody changes the password again each time it was put right: a person has to look',
    expected: {
      exitCode: 1,
      says: /sync-pooler-credentials was tried \d+ times in this run and (helped, but did not last|did not help); the last time: .*A person has to look/s,
    },
    needsWholeStack: true,
    run: (site) =>
      withFault(site, fault, async () => {
        const stack = await impatientStack(site);
        return site.rekindle({
          args: ['up', '--json', '--context', 'rekindle', '--stack', stack],
          meanwhile: (pid) => changeItAgain(site, pid),
        });
      }),
  }),
];
