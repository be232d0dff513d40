import { bytesText } from '../../../domain/bytes-text.ts';
import { dateTime } from '../../../domain/time-stamp.ts';
import { eventNames, events } from '../../cluster/survival.ts';
import { severities } from '../../finding.ts';
import type { PlaceRow, ReadinessReport } from '../../report.ts';
import { light, type Tone } from '../html/colors.ts';
import { groups, headline, passed, severityWords, stepsOf, subjectText, type Group } from '../outline.ts';
import { severityTone, stateTone, survivalTone } from '../tones.ts';
import { shortPath } from '../words.ts';

/** A node of pdfmake's document. */
export type Content = string | Readonly<Record<string, unknown>> | readonly Content[];

/** A word on its own ground: never only a colour. */
function badge(tone: Tone, word: string): Content {
  return { text: ` ${word} `, color: light[tone].text, background: light[tone].ground, bold: true };
}

/** Texts of machines have no spaces to break at; an invisible place to break keeps them inside the page. */
function breakable(text: string): string {
  return text
    .replaceAll(/([/.:=,@_-])(?=\S{12})/g, '$1\u200b')
    .replaceAll(/[^\s\u200b]{20}(?=[^\s\u200b])/g, '$&\u200b');
}

/** A text in which `backticks` mark what is typed or read by machines. */
function prose(text: string): Content {
  const parts = text.split(/`([^`]+)`/);
  return {
    text: parts.map((part, index) =>
      index % 2 === 1 ? { text: breakable(part), style: 'code' } : breakable(part),
    ),
  };
}

interface Table {
  readonly widths: readonly (string | number)[];
  readonly head: readonly string[];
  readonly rows: readonly (readonly Content[])[];
}

function table({ widths, head, rows }: Table): Content {
  return {
    table: {
      headerRows: 1,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      widths,
      body: [head.map((text) => ({ text, style: 'head' })), ...rows],
    },
    layout: 'lines',
    style: 'table',
  };
}

const heading = (text: string): Content => ({ text, style: 'h2', headlineLevel: 1 });

function firstSteps(report: ReadinessReport): readonly Content[] {
  const steps = stepsOf(report);
  if (steps.length === 0) return ['Nothing of high or medium weight was found.'];
  return [
    {
      ol: steps.map(({ severity, title, objects, say, commands }) => ({
        stack: [
          { text: [{ text: `${title} `, bold: true }, badge(severityTone[severity], severity)] },
          { text: breakable(objects), color: light.faint },
          prose(say),
          ...commands.map((command) => ({ text: breakable(command), style: 'code' })),
        ],
        margin: [0, 0, 0, 6],
      })),
    },
  ];
}

function production({ production: rows }: ReadinessReport): readonly Content[] {
  if (rows.length === 0) return [];
  return [
    heading('Ready for production?'),
    table({
      widths: [110, 42, '*'],
      head: ['question', 'state', 'answer and evidence'],
      rows: rows.map(({ question, state, answer, evidence, next, command }) => [
        { text: question, bold: true },
        { text: [badge(stateTone[state], state)] },
        {
          stack: [
            prose(answer),
            ...(state === 'yes' || next === undefined
              ? []
              : [
                  { stack: [prose(`Next: ${next}`)], color: light.faint },
                  ...(command === undefined ? [] : [{ text: breakable(command), style: 'code' }]),
                ]),
            ...evidence.slice(0, 6).map(({ object, field, value }) => ({
              text: breakable(`${object}: ${field} = ${value}`),
              style: 'fact',
            })),
          ],
        },
      ]),
    }),
  ];
}

function limitations({ limitations: all }: ReadinessReport): readonly Content[] {
  if (all.length === 0) return [];
  return [
    heading('What this cluster is'),
    ...all.map(({ title, state, found, cost, wayOut, evidence }) => ({
      stack: [
        {
          text: [
            { text: `${title} `, style: 'h3' },
            ...(state === 'unknown' ? [badge('warn', 'could not look')] : []),
          ],
        },
        { stack: [prose(found)], bold: true },
        ...(cost === undefined ? [] : [prose(cost)]),
        ...(wayOut === undefined ? [] : [prose(`Way out: ${wayOut}`)]),
        ...evidence.map(({ object, field, value }) => ({
          text: breakable(`${object}: ${field} = ${value}`),
          style: 'fact',
        })),
      ],
      margin: [0, 0, 0, 8],
    })),
  ];
}

function placeRow({ name, node, path, medium, bytes, requested }: PlaceRow): readonly Content[] {
  const size = bytes.looked ? bytesText(bytes.value) : 'could not look';
  return [
    { text: breakable(name), bold: true },
    breakable(node ?? 'not known'),
    { text: breakable(path ?? 'not known'), style: 'code' },
    breakable(
      shortPath(medium.source ?? (medium.kind === 'layer' ? 'the node’s own container' : medium.kind)),
    ),
    requested === undefined ? size : `${size} of ${requested}`,
  ];
}

function places({ places: rows }: ReadinessReport): readonly Content[] {
  if (rows.length === 0) return [];
  return [
    heading('Where each byte lives'),
    table({
      widths: [90, 70, '*', '*', 55],
      head: ['what', 'node', 'path in the node', 'on the machine', 'size'],
      rows: rows.map(placeRow),
    }),
    heading('What survives what'),
    table({
      widths: [86, ...events.map(() => '*')],
      head: ['what', ...events.map((event) => eventNames[event])],
      rows: rows.map(({ name, survives }) => [
        { text: breakable(name), bold: true },
        ...events.map((event) => {
          const { answer } = survives[event];
          return { text: [answer === 'none' ? '–' : badge(survivalTone[answer], answer)] };
        }),
      ]),
    }),
    { text: 'part: what was synced to disk is there; what was being written may not be.', style: 'fact' },
  ];
}

function group({ title, severity, why, source, items, say }: Group): Content {
  return {
    stack: [
      {
        text: [badge(severityTone[severity], severity), { text: ` ${title}`, style: 'h3' }],
        margin: [0, 8, 0, 2],
        headlineLevel: 2,
      },
      prose(why),
      ...(say === undefined ? [] : [prose(`First: ${say}`)]),
      { text: source, link: source, color: light.link, fontSize: 7 },
      table({
        widths: [125, 150, '*'],
        head: ['object', 'finding', 'evidence and first step'],
        rows: items.map((item) => [
          {
            text: breakable(item.place === undefined ? item.object : `${item.object} (${item.place})`),
            bold: true,
          },
          prose(item.claim),
          {
            stack: [
              ...item.evidence.map((line) => ({ text: breakable(line), style: 'fact' })),
              ...(say === undefined ? [prose(item.say)] : []),
              ...(item.note === undefined ? [] : [{ stack: [prose(item.note)], style: 'fact' }]),
              ...(item.command === undefined ? [] : [{ text: breakable(item.command), style: 'code' }]),
            ],
          },
        ]),
      }),
    ],
  };
}

function findings(report: ReadinessReport): readonly Content[] {
  return [
    heading('Findings'),
    ...severities.map((severity) => ({
      text: [
        badge(severityTone[severity], `${severity}: ${report.counts[severity]}`),
        ` ${severityWords[severity]}`,
      ],
      margin: [0, 0, 0, 2],
    })),
    ...groups(report).map(group),
  ];
}

function rest(report: ReadinessReport): readonly Content[] {
  return [
    heading('What was not checked'),
    table({
      widths: [150, 70, '*'],
      head: ['what', 'state', 'why'],
      rows: report.notChecked.map(({ what, why, couldNotLook }) => [
        { text: breakable(what), bold: true },
        { text: [couldNotLook ? badge('warn', 'could not look') : badge('calm', 'not tried')] },
        breakable(why),
      ]),
    }),
    { text: 'Checks without a finding', style: 'h2' },
    passed(report).length === 0 ? 'None.' : { text: passed(report).join(' · '), color: light.faint },
  ];
}

/** The document in pdfmake's own words. */
export function pdfContent(report: ReadinessReport): readonly Content[] {
  return [
    { text: 'Readiness report', style: 'h1' },
    { text: breakable(subjectText(report)), fontSize: 11 },
    {
      text: `${dateTime(report.at)}, rekindle ${report.version}. ${headline(report)}`,
      color: light.faint,
      margin: [0, 2, 0, 6],
    },
    heading('Fix first'),
    ...firstSteps(report),
    ...production(report),
    ...limitations(report),
    ...places(report),
    ...findings(report),
    ...rest(report),
  ];
}
