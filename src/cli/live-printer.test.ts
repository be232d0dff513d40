import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { expect, test } from 'vitest';

import { healthy, now, pod } from '../../test/fakes/observation.ts';
import { saw } from '../domain/looked.ts';
import { livePrinter } from './live-printer.ts';
import { drawsInPlace, takesEscapes } from './printer.ts';

/** A terminal of so many columns that keeps what is written to it. */
function terminal(columns: number): { readonly stream: WriteStream; readonly written: () => string } {
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
  const columns = 40;
  const { stream, written } = terminal(columns);
  const printer = livePrinter(stream, pc.createColors(true));
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
    plan: { steps: [], refusals: [], tasks: [], waits: [], hopes: [] },
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

test.each([0, 1, 2])('a window that is drawn together to %i columns ends no run', (columns) => {
  const { stream, written } = terminal(80);
  const printer = livePrinter(stream, pc.createColors(true));
  Object.assign(stream, { columns });
  printer.said?.('waiting: the container engine');
  printer.end();
  expect(written()).not.toContain('NaN');
});

test.each([
  { name: 'a terminal', isTTY: true, escapes: true, picture: true },
  { name: 'a terminal of 20 columns', isTTY: true, columns: 20, escapes: true, picture: true },
  { name: 'a terminal of 1 column', isTTY: true, columns: 1, escapes: true, picture: false },
  { name: 'a terminal that knows no width', isTTY: true, columns: 0, escapes: true, picture: false },
  { name: 'a pipe', isTTY: false, escapes: false, picture: false },
  { name: 'a pipe in a CI', isTTY: false, environment: { CI: '1' }, escapes: false, picture: false },
  { name: '--json', options: { json: true }, isTTY: true, escapes: true, picture: false },
  { name: '--verbose', options: { verbose: true }, isTTY: true, escapes: true, picture: false },
  { name: 'NO_COLOR', environment: { NO_COLOR: '1' }, isTTY: true, escapes: false, picture: false },
  { name: 'an empty NO_COLOR', environment: { NO_COLOR: '' }, isTTY: true, escapes: true, picture: true },
  { name: 'TERM=dumb', environment: { TERM: 'dumb' }, isTTY: true, escapes: false, picture: false },
])('$name: escape codes $escapes, a picture $picture', ({ escapes, picture, ...given }) => {
  const { options = {}, environment = {}, isTTY, columns = 80 } = given;
  const shown = { stream: { isTTY, columns }, environment };
  expect({ escapes: takesEscapes(shown), picture: drawsInPlace(options, shown) }).toEqual({
    escapes,
    picture,
  });
});
