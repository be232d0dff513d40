import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';

import { healthy, now, pod } from '../../test/fakes/observation.ts';
import { saw } from '../domain/looked.ts';
import { livePrinter } from './live-printer.ts';
import { drawsInPlace } from './printer.ts';

const columns = 40;

/** A terminal of 40 columns that keeps what is written to it. */
function terminal(): { readonly stream: WriteStream; readonly written: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return {
    stream: Object.assign(stream, { columns, rows: 24, isTTY: true }) as unknown as WriteStream,
    written: () => text,
  };
}

test('a run is drawn within the width, with its actions below their layer', () => {
  const { stream, written } = terminal();
  const printer = livePrinter(stream);
  const target = { kind: 'Pod', namespace: 'shop', name: 'django-1' };
  const place = { run: 'r', seq: 1, at: now };
  printer.passed?.({
    observation: healthy({ pods: saw([pod('django-1')], 'API', now) }),
    findings: [
      {
        fault: 'crash-loop-tail',
        layer: 'app',
        object: target,
        claim: 'it waits out its back-off',
        kind: 'broken',
        evidence: [],
        causedBy: [],
      },
    ],
    plan: { steps: [], refusals: [], tasks: [], waits: [] },
  });
  printer.stored?.({
    ...place,
    type: 'step-intended',
    action: 'a',
    step: {
      step: 'restart-crash-looping-pod',
      target,
      risk: 'disruptive',
      because: 'crash-loop-tail',
      reason: '',
      provenBy: '',
      undo: '',
      evidenceAt: now,
      parameters: {},
    },
  });
  printer.stored?.({ ...place, type: 'step-verified', action: 'a', verified: 'yes', detail: 'it runs' });
  printer.end();

  const lines = stripVTControlCharacters(written()).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
  const web = lines.findIndex((line) => line.startsWith('✖ web'));
  expect(lines[web + 1]).toMatch(/^ {2}✔ restart-crash-looping-pod/);
});

test.each([
  { name: 'a terminal', isTTY: true, expected: true },
  { name: 'a pipe', isTTY: false, expected: false },
  { name: '--json', options: { json: true }, isTTY: true, expected: false },
  { name: '--verbose', options: { verbose: true }, isTTY: true, expected: false },
  { name: 'NO_COLOR', environment: { NO_COLOR: '1' }, isTTY: true, expected: false },
  { name: 'TERM=dumb', environment: { TERM: 'dumb' }, isTTY: true, expected: false },
])('drawing in place with $name: $expected', ({ options = {}, environment = {}, isTTY, expected }) => {
  expect(drawsInPlace(options, { stream: { isTTY }, environment })).toBe(expected);
});
