import { shopKubectl } from '../../src/drills/database.ts';
import { waitFor } from '../../src/drills/wait-for.ts';
import { defineCase, type Ended, type RefusalCase, type Site } from './define-case.ts';
import { exampleTarget } from './example-target.ts';
import { expectNoCrash } from './nothing-lost.ts';

const name = 'rekindle-case-hostile';

/** What a terminal would obey, what turns text around, what ends a JSON string, and a line that looks like one of ours. */
const bites = [
  '\u001B[2J\u001B[H\u001B[31m',
  '\u001B]0;owned\u0007',
  '\u009B31m',
  '\u202Eesrever',
  '\u0007\b\b',
  '"}],"verdict":{"state":"healthy"}}',
  '\r\nUsable. Two writes went through the front door and were read back.',
].join(' ');

/** Prints that, then a megabyte without a break, then that again, and ends. */
const program = `import sys
words = ${JSON.stringify(bites)}
sys.stdout.write(words + '\\n' + 'm' * 1000000 + '\\n' + words + ' the end\\n')
sys.stdout.flush()
sys.exit(1)
`;

/** A workload of the stack's own image whose pods crash with those words, and carry them in their annotations. */
async function hostileWorkload(site: Site): Promise<string> {
  const image = await shopKubectl(site.lab, [
    'get',
    'deployment',
    'django',
    '-o',
    'jsonpath={.spec.template.spec.containers[0].image}',
  ]);
  const labels = { app: name };
  const metadata = { labels, annotations: { status: bites, 'example.com/words': bites } };
  const container = { name: 'main', image: image.trim(), imagePullPolicy: 'IfNotPresent' };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels, annotations: { 'example.com/words': bites } },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata,
        spec: { containers: [{ ...container, command: ['python3', '-c', program] }] },
      },
    },
  });
}

async function untilItWaits({ lab }: Site): Promise<void> {
  const path = 'jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}';
  await waitFor('a crash back-off of the hostile pod', 120, async () => {
    const reasons = await shopKubectl(lab, ['get', 'pods', '-l', `app=${name}`, '-o', path]);
    return reasons.includes('CrashLoopBackOff') ? true : undefined;
  });
}

function expectPlain(ended: Ended, command: string): void {
  expectNoCrash(ended);
  const text = `${ended.stdout}${ended.stderr}`;
  const found = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(text);
  if (found !== null) throw new Error(`${command}: character ${found[0].codePointAt(0)} at ${found.index}`);
  if (/^Usable\./m.test(ended.stdout)) throw new Error(`${command}: a pod's words look like a verdict`);
  if (text.length > 500_000) throw new Error(`${command}: ${text.length} characters`);
}

/** Every command that only reads, as text and as JSON, while the pod is there; the stack is as it was afterwards. */
async function withHostilePod(site: Site): Promise<Ended> {
  const { lab } = site;
  try {
    await shopKubectl(lab, ['apply', '-f', '-'], await hostileWorkload(site));
    await untilItWaits(site);
    for (const command of ['diagnose', 'status', 'plan']) {
      const json = await site.rekindle({ args: [command, '--json', '-v', ...exampleTarget] });
      expectPlain(json, `${command} --json`);
      JSON.parse(json.stdout);
      expectPlain(await site.rekindle({ args: [command, ...exampleTarget] }), command);
    }
    const ended = await site.rekindle({ args: ['diagnose', ...exampleTarget] });
    expectPlain(ended, 'diagnose');
    return ended;
  } finally {
    await shopKubectl(lab, ['delete', 'deployment', name, '--ignore-not-found', '--wait=true']);
  }
}

/** B11: words that want to be more than words. */
export const hostileCases: readonly RefusalCase[] = [
  defineCase({
    id: 'B11',
    title:
      'a pod prints escape sequences, JSON and a megabyte: shown as words, cut to a length that can be read',
    expected: { exitCode: 1, says: /rekindle-case-hostile-\S+ (crashed|waits out).*the end/s },
    needsWholeStack: true,
    run: withHostilePod,
  }),
];
