import process from 'node:process';
import fc from 'fast-check';
import pc from 'picocolors';
import { afterEach, describe, expect, test, vi } from 'vitest';

import { hostileText } from '../../test/fakes/hostile-text.ts';
import { boot, container, healthy, now, pod, pooler, stack } from '../../test/fakes/observation.ts';
import type { Pass } from '../app/run-log.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { couldNotLook, saw } from '../domain/looked.ts';
import { podFacts } from '../observe/pod-facts.ts';
import { makePlan } from '../plan/make-plan.ts';
import { causeText, ExplainedError } from '../record/explained-error.ts';
import { registerSecret } from '../record/redact.ts';
import { findingJson, refusalJson, taskJson } from '../report/json.ts';
import { outcomeText } from '../report/outcome.ts';
import { findingText, planText } from '../report/text.ts';
import { judge } from '../verify/judge.ts';
import { answer, tell } from './answer.ts';
import { plainPrinter } from './plain-printer.ts';

/** Whatever a terminal would obey, apart from the line breaks of this program. */
const obeyed = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u;
const secret = 'opal-4711-written-nowhere';
registerSecret(secret);

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is written to a stream while `work` is done. */
function written(stream: 'stdout' | 'stderr', work: () => void): string {
  const spy = vi.spyOn(process[stream], 'write').mockReturnValue(true);
  work();
  const text = spy.mock.calls.map(([chunk]) => String(chunk)).join('');
  spy.mockRestore();
  return text;
}

/** A pass in which everybody who can say something says this. */
function passOf(words: string): Pass {
  const waiting = {
    metadata: { name: 'web-1', namespace: 'shop', uid: 'w', annotations: { status: words } },
    spec: { nodeName: 'agent-0' },
    status: {
      phase: 'Pending',
      reason: words,
      message: words,
      containerStatuses: [
        { name: 'main', image: words, state: { waiting: { reason: 'ImagePullBackOff', message: words } } },
      ],
    },
  };
  const crashed = container({
    state: 'waiting',
    reason: 'CrashLoopBackOff',
    message: `back-off 40s restarting failed container ${words}`,
    lastExit: { exitCode: 1, finishedAt: now - 1000 },
  });
  const observation = healthy({
    pods: saw([podFacts(waiting), pod('web-2', { ready: false, containers: [crashed] })], 'API', now),
    crashes: saw([{ pod: 'web-2', container: 'main', lines: words }], 'logs', now),
    poolers: saw([pooler({ login: { result: 'refused', message: words } })], 'poolers', now),
    networkCaches: couldNotLook(words, 'network caches', now),
    workloads: saw(
      [
        {
          kind: 'Deployment',
          namespace: 'shop',
          name: 'web',
          wanted: 0,
          ready: 0,
          selector: { app: 'web' },
          scaledBy: { manager: words, at: now },
        },
      ],
      'API',
      now,
    ),
    frontDoor: saw(
      { url: 'https://shop.local/', answer: { error: words }, visits: { made: 3, answered: 0 } },
      'front door',
      now,
    ),
    edge: saw([{ kind: 'Pod', name: 'web-2', status: 200 }], 'edge', now),
  });
  const check = { stack, firstSeen: () => boot - 120_000 };
  const findings = diagnose(observation, check);
  const plan = makePlan(findings, check, { stack, observation, past: [], run: 'r', busy: new Set() });
  return { observation, findings, plan };
}

function answerOf({ observation, findings, plan }: Pass) {
  const verdict = judge({ proven: 'none', wanted: 'verified', findings, plan, observation, at: now });
  const { refusals, tasks } = plan;
  const told = [planText(plan), ...findings.map(findingText)];
  const text = [outcomeText({ verdict, actions: [], refusals, tasks, seconds: 1 }), ...told].join('\n');
  const json = {
    verdict,
    refusals: refusals.map(refusalJson),
    tasks: tasks.map(taskJson),
    findings: findings.map(findingJson),
  };
  return { text, json };
}

const said = hostileText.map((text) => `${text}${secret}${text}`);

describe('whatever a cluster says', () => {
  test('the answer for people holds nothing that is obeyed, no line that is not ours, and no secret', () => {
    fc.assert(
      fc.property(said, (words) => {
        const pass = passOf(words);
        const { text, json } = answerOf(pass);
        const shown = written('stdout', () => answer({}, 'diagnose', { text, json }));
        expect(shown).not.toMatch(obeyed);
        expect(shown).not.toContain(secret);
        expect(shown).not.toMatch(/^Usable\./m);
        for (const finding of pass.findings) {
          const lines = 1 + finding.evidence.length + (finding.against === undefined ? 0 : 1);
          expect(findingText(finding).split('\n')).toHaveLength(lines);
        }
        expect(shown.length).toBeLessThan(100_000);
      }),
      { numRuns: 40 },
    );
  });

  test('the answer for programs is one document that says the same', () => {
    fc.assert(
      fc.property(said, (words) => {
        const { text, json } = answerOf(passOf(words));
        const shown = written('stdout', () => answer({ json: true }, 'diagnose', { text, json }));
        expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(shown).not.toContain(secret);
        expect(JSON.parse(shown)).toMatchObject({
          schema: 'rekindle.dev/v1alpha1/diagnose',
          verdict: { state: 'broken', proven: 'none' },
          findings: json.findings.map(({ fault, kind }) => ({ fault, kind })),
        });
        expect(shown.length).toBeLessThan(200_000);
      }),
      { numRuns: 40 },
    );
  });

  test('the progress holds nothing that is obeyed and no secret, also when every detail is asked for', () => {
    fc.assert(
      fc.property(said, (words) => {
        const pass = passOf(words);
        const shown = written('stderr', () => {
          const printer = plainPrinter(true, pc.createColors(false));
          printer.said?.(words);
          printer.passed?.(pass);
          const place = { run: 'r', seq: 1, at: now };
          for (const finding of pass.findings)
            printer.stored?.({ ...place, type: 'finding-opened', finding });
          printer.stored?.({ ...place, type: 'step-acted', action: 'a', acted: 'failed', detail: words });
          tell(`rekindle: ${words}`);
        });
        expect(shown).not.toMatch(obeyed);
        expect(shown).not.toContain(secret);
      }),
      { numRuns: 40 },
    );
  });

  test('an error of this program quotes it on one line of a length that can be read', () => {
    fc.assert(
      fc.property(hostileText, (words) => {
        const error = new ExplainedError({ what: words, cause: words, place: words, next: words });
        expect(error.message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(error.message.length).toBeLessThan(20_000);
        expect(causeText(new Error(words))).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

test('colours stay colours', () => {
  const dim = pc.createColors(true).dim;
  expect(written('stderr', () => tell('a\u001B[2Jb', dim))).toBe('\u001B[2mab\u001B[22m\n');
});
