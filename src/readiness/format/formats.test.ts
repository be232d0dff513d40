import { bytesText } from '../../domain/bytes-text.ts';
import { describe, expect, it } from 'vitest';

import { reportOf, smallShop } from '../../../test/fakes/readiness.ts';
import { pod } from '../../../test/fakes/readiness-objects.ts';
import { soundShop } from '../../../test/fakes/sound-shop.ts';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dark, light, tones, type Theme } from './html/colors.ts';
import { html, prose } from './html/markup.ts';
import { htmlReport } from './html/page.ts';
import { reportJson, reportSchema, reportShape } from './json.ts';
import { markdownReport } from './markdown.ts';
import { stepsOf, verdict } from './outline.ts';
import type { ProductionRow } from '../production/row.ts';
import { sarifReport } from './sarif.ts';
import { spanText } from './words.ts';

const hostile = '"><script>alert(1)</script> | `x` <img src=x onerror=y>';
const report = reportOf([
  ...smallShop(),
  pod('homeless', { status: { conditions: [{ type: 'PodScheduled', status: 'False', message: hostile }] } }),
]);
const page = htmlReport(report);

describe('HTML', () => {
  it('asks for nothing outside of itself and runs nothing', () => {
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|form)\b/i);
    expect(page).not.toMatch(/<[^>]*\s(src|action|srcset|on\w+)=/i);
    expect(page).not.toMatch(/@import|url\(/i);
    // What it links to is asked for only when somebody follows it.
    expect(page.match(/href="(?!#|https:\/\/)/g)).toBeNull();
  });

  it('takes what others wrote for text', () => {
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;script&gt;alert(1)');
  });

  it('has a language, a title, one first heading and no heading that skips a level', () => {
    expect(page).toMatch(/<html lang="en">/);
    expect(page).toMatch(/<title>Readiness report: shop on cluster shop/);
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries())
      expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
  });

  it('has no id twice, and every link inside leads somewhere', () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
  });

  it('never says a state by colour alone', () => {
    for (const [, word] of page.matchAll(/class="badge [a-z]+">([^<]*)</g)) expect(word).not.toBe('');
  });

  it('makes text of values, and markup only of its own', () => {
    expect(html`<p>${'<b>'}</p>`.text).toBe('<p>&lt;b&gt;</p>');
    expect(prose('say `a <b>` now').text).toBe('say <code>a &lt;b&gt;</code> now');
  });
});

/** Relative luminance and contrast (WCAG 2.2, definitions). */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [bright = 0, faint = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (faint + 0.05);
}

describe.each([
  ['light', light],
  ['dark', dark],
] as const)('colours, %s', (_, theme: Theme) => {
  const pairs = [
    ...(['text', 'faint', 'link'] as const).flatMap((name) =>
      (['ground', 'raised'] as const).map((ground) => [name, theme[name], theme[ground]] as const),
    ),
    ['code', theme.text, theme.code] as const,
    ['faint code', theme.faint, theme.code] as const,
    ...tones.map((tone) => [tone, theme[tone].text, theme[tone].ground] as const),
  ];
  it.each(pairs)('%s has a contrast of 4.5 or more', (_name, text, ground) => {
    expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5);
  });
});

const cells = (line: string) => line.split(/(?<!\\)\|/).length;

describe('Markdown', () => {
  const text = markdownReport(report);

  it('takes what others wrote for text', () => {
    expect(text).not.toMatch(/(^|[^\\])<(script|img)/);
  });

  it('has as many cells in each row of a table as in its head', () => {
    const tables = text
      .split(/\n(?!\|)/)
      .map((part) => part.split('\n').filter((line) => line.startsWith('|')));
    const ragged = tables.filter((lines) => new Set(lines.map(cells)).size > 1);
    expect(tables.filter((lines) => lines.length > 2).length).toBeGreaterThan(5);
    expect(ragged).toEqual([]);
  });
});

describe('JSON', () => {
  it('fits the shape that is documented', () => {
    expect(reportShape.parse(JSON.parse(JSON.stringify(reportJson(report))))).toBeDefined();
  });

  it('documents the shape as it is: npm run results -- schema', () => {
    const file = path.join(import.meta.dirname, '../../../docs/report.schema.json');
    expect(readFileSync(file, 'utf8')).toBe(reportSchema());
  });
});

describe('SARIF', () => {
  const [run] = (JSON.parse(sarifReport(report)) as { runs: readonly SarifRun[] }).runs;
  interface SarifRun {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly partialFingerprints: object;
    }[];
    readonly invocations: readonly {
      readonly toolExecutionNotifications: readonly { readonly level: string }[];
    }[];
  }

  it('points each result to its rule', () => {
    expect(run?.results.length).toBeGreaterThan(5);
    for (const { ruleId, ruleIndex } of run?.results ?? [])
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  });

  it('gives different findings different fingerprints, and the same ones the same', () => {
    const prints = (run?.results ?? []).map(({ partialFingerprints }) => JSON.stringify(partialFingerprints));
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('tells what could not be looked at', () => {
    const blind = JSON.parse(sarifReport(reportOf(smallShop(), { unseen: ['x: y'] }))) as {
      runs: readonly SarifRun[];
    };
    const levels = blind.runs[0]?.invocations[0]?.toolExecutionNotifications.map(({ level }) => level);
    expect(levels).toContain('warning');
  });
});

const row = (state: ProductionRow['state']) =>
  ({ id: 'x', question: '?', state, severity: 'low', answer: '.', evidence: [] }) as const;

it('says at once whether it is ready, and never yes where something is not known', () => {
  const sound = reportOf(soundShop());
  const of = (...states: readonly ProductionRow['state'][]) =>
    verdict({ ...sound, production: states.map((state) => row(state)) });
  expect(of('yes', 'no', 'unknown')).toBe('Not ready for production.');
  expect(of('yes', 'partly', 'unknown')).toBe('Whether it is ready for production is not known.');
  expect(of('yes', 'partly')).toBe('Ready for production in part.');
  expect(of('yes')).toBe('Ready for production as far as was looked.');
  expect(of()).toBeUndefined();
  expect(verdict({ ...sound, counts: { ...sound.counts, high: 1 }, production: [row('yes')] })).toBe(
    'Not ready for production.',
  );
});

it('begins with a proven backup, then with the worst findings', () => {
  const steps = stepsOf(report);
  expect(steps[0]).toMatchObject({ title: 'No backup is proven', severity: 'high' });
  expect(steps.length).toBeLessThanOrEqual(8);
  expect(steps.every(({ severity }) => severity === 'high' || severity === 'medium')).toBe(true);
});

it('says bytes and times as people do', () => {
  expect([0, 900, 1536, 2 ** 20, 3.5 * 2 ** 30].map(bytesText)).toEqual([
    '0 B',
    '900 B',
    '1.5 KiB',
    '1.0 MiB',
    '3.5 GiB',
  ]);
  expect([5000, 600_000, 18_000_000, 9 * 86_400_000].map(spanText)).toEqual([
    '5 s',
    '10 min',
    '5 h',
    '9 days',
  ]);
});
