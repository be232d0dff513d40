import { bytesText } from '../../domain/bytes-text.ts';
import { dateTime } from '../../domain/time-stamp.ts';
import { eventNames, events } from '../cluster/survival.ts';
import { severities } from '../finding.ts';
import type { PlaceRow, ReadinessReport } from '../report.ts';
import { groups, headline, passed, severityWords, stepsOf, subjectText, type Group } from './outline.ts';
import { shortPath } from './words.ts';

/** What Markdown or HTML in it would take for their own (CommonMark, Backslash escapes), and line breaks. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .split(/(`[^`]*`)/)
    .map((part) => (/^`.*`$/.test(part) ? part : part.replaceAll(/[\\<>*_[\]|]/g, String.raw`\$&`)))
    .join('');
}

/** A text as code, with a fence that is longer than any in it. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${text.replaceAll(/\s+/g, ' ').replaceAll('|', String.raw`\|`)}${space}${fence}`;
}

type Cells = readonly string[];

function table(head: Cells, rows: readonly Cells[]): string {
  const line = (cells: Cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function firstSection(report: ReadinessReport): readonly string[] {
  const steps = stepsOf(report);
  if (steps.length === 0) return ['Nothing of high or medium weight was found.'];
  return [
    steps
      .map(({ severity, title, objects, say, commands }, index) =>
        [
          `${index + 1}. **${plain(title)}** (${severity}): ${plain(objects)}`,
          `   ${plain(say)}`,
          ...commands.map((command) => `   - ${code(command)}`),
        ].join('\n'),
      )
      .join('\n'),
  ];
}

function productionSection({ production }: ReadinessReport): readonly string[] {
  if (production.length === 0) return [];
  return [
    '## Ready for production?',
    table(
      ['question', '', 'answer', 'next'],
      production.map(({ question, state, answer, next = '', command }) => [
        plain(question),
        `**${state}**`,
        plain(answer),
        state === 'yes' ? '' : [plain(next), ...(command === undefined ? [] : [code(command)])].join(' '),
      ]),
    ),
    'Evidence:',
    production
      .flatMap(({ question, evidence }) => [
        `- ${plain(question)}`,
        ...evidence.map(
          ({ object, field, value }) => `  - ${plain(object)}: ${plain(field)} = ${plain(value)}`,
        ),
      ])
      .join('\n'),
  ];
}

function limitationSection({ limitations }: ReadinessReport): readonly string[] {
  if (limitations.length === 0) return [];
  return [
    '## What this cluster is',
    ...limitations.map(({ title, found, cost, wayOut, evidence }) =>
      [
        `**${plain(title)}.** ${plain(found)}${cost === undefined ? '' : ` ${plain(cost)}`}${wayOut === undefined ? '' : ` Way out: ${plain(wayOut)}`}`,
        ...evidence.map(
          ({ object, field, value }) => `- ${plain(object)}: ${plain(field)} = ${plain(value)}`,
        ),
      ].join('\n'),
    ),
  ];
}

function placeCells({ name, node, path, medium, bytes, requested }: PlaceRow): Cells {
  const size = bytes.looked ? bytesText(bytes.value) : `could not look: ${bytes.why}`;
  const where = shortPath(medium.source ?? medium.kind);
  return [
    plain(name),
    plain(node ?? 'not known'),
    path === undefined ? 'not known' : code(path),
    plain(where === 'layer' ? 'the node’s own container' : where),
    plain(requested === undefined ? size : `${size} of ${requested}`),
  ];
}

function placeSection({ places }: ReadinessReport): readonly string[] {
  if (places.length === 0) return [];
  return [
    '## Where each byte lives',
    table(['what', 'node', 'path there', 'on the machine', 'size'], places.map(placeCells)),
    '## What survives what',
    table(
      ['what', ...events.map((event) => eventNames[event])],
      places.map(({ name, survives }) => [
        plain(name),
        ...events.map((event) => (survives[event].answer === 'none' ? '–' : survives[event].answer)),
      ]),
    ),
    '`part`: what was synced to disk is there; what was being written may not be.',
  ];
}

function groupText({ id, title, severity, why, source, items, say }: Group): string {
  return [
    `### ${plain(title)} (${severity})`,
    `${plain(why)} ${say === undefined ? '' : `**${plain(say)}** `}[${id}](${source})`,
    table(
      ['object', 'finding', 'evidence', 'first step'],
      items.map((item) => [
        plain(item.place === undefined ? item.object : `${item.object} (${item.place})`),
        plain(item.claim),
        item.evidence.map((line) => plain(line)).join('<br>'),
        [
          ...(say === undefined ? [plain(item.say)] : []),
          ...(item.note === undefined ? [] : [plain(item.note)]),
          ...(item.command === undefined ? [] : [code(item.command)]),
        ].join('<br>'),
      ]),
    ),
  ].join('\n\n');
}

function findingSection(report: ReadinessReport): readonly string[] {
  const all = groups(report);
  return [
    '## Findings',
    severities
      .map((severity) => `- **${severity}** (${report.counts[severity]}): ${severityWords[severity]}`)
      .join('\n'),
    ...all.map(groupText),
  ];
}

function restSection(report: ReadinessReport): readonly string[] {
  const { notChecked } = report;
  return [
    '## What was not checked',
    notChecked
      .map(
        ({ what, why, couldNotLook }) =>
          `- ${plain(what)}: ${couldNotLook ? '**could not look**: ' : ''}${plain(why)}`,
      )
      .join('\n'),
    '## Checks without a finding',
    passed(report)
      .map((title) => `- ${plain(title)}`)
      .join('\n') || 'None.',
  ];
}

/** The report as Markdown (CommonMark with tables of GitHub). */
export function markdownReport(report: ReadinessReport): string {
  const parts = [
    `# Readiness report: ${plain(subjectText(report))}`,
    `${dateTime(report.at)}, rekindle ${report.version}. ${plain(headline(report))}`,
    '## Fix first',
    ...firstSection(report),
    ...productionSection(report),
    ...limitationSection(report),
    ...placeSection(report),
    ...findingSection(report),
    ...restSection(report),
  ];
  return `${parts.join('\n\n')}\n`;
}
