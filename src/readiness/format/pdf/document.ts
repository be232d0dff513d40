import pdfmake from 'pdfmake';
import fonts from 'pdfmake/build/vfs_fonts.js';

import type { ReadinessReport } from '../../report.ts';
import { light } from '../html/colors.ts';
import { subjectText } from '../outline.ts';
import { pdfContent } from './content.ts';

/** Roboto 3 (SIL Open Font License 1.1), which pdfmake brings along: it has Latin, Greek and Cyrillic letters. */
const family = {
  normal: 'Roboto-Regular.ttf',
  bold: 'Roboto-Medium.ttf',
  italics: 'Roboto-Italic.ttf',
  bolditalics: 'Roboto-MediumItalic.ttf',
};

function prepare(): void {
  for (const [name, content] of Object.entries(fonts))
    pdfmake.virtualfs.writeFileSync(name, Buffer.from(content, 'base64'));
  pdfmake.setFonts({ Roboto: family });
  // A document that names a picture or a font of the network or the disk gets neither.
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy(() => false);
}

const thin = () => 0.5;
const none = () => 0;
const pad = () => 3;

/** Lines between rows only. */
const lines = {
  hLineWidth: thin,
  vLineWidth: none,
  hLineColor: () => light.line,
  paddingLeft: pad,
  paddingRight: pad,
  paddingTop: pad,
  paddingBottom: pad,
};

/** The part of pdfmake's node that is asked for. */
interface PdfNode {
  readonly headlineLevel?: number;
  readonly startPosition: { readonly verticalRatio: number };
}

/** A heading with its sentences and the first row of its table: fewer nodes after it, and it stands alone. */
const fewest: Readonly<Record<number, number>> = { 1: 5, 2: 6 };

/** Below this share of a page a table's first row, which is not broken, may not fit any more and go to the next page alone. */
const lowest: Readonly<Record<number, number>> = { 1: 0.8, 2: 0.86 };

/** Whether a heading would be the last thing on its page, without what it is the heading of (pdfmake, Page breaks). */
function isLeftAlone(
  { headlineLevel, startPosition }: PdfNode,
  { getFollowingNodesOnPage }: { readonly getFollowingNodesOnPage: () => readonly unknown[] },
): boolean {
  if (headlineLevel === undefined) return false;
  const isLow = startPosition.verticalRatio > (lowest[headlineLevel] ?? 1);
  return isLow || getFollowingNodesOnPage().length < (fewest[headlineLevel] ?? 0);
}

/** The report as a PDF, A4. Nothing outside of it is read. Throws what pdfmake finds wrong. */
export async function pdfReport(report: ReadinessReport): Promise<Uint8Array> {
  prepare();
  const subject = subjectText(report);
  const definition = {
    info: {
      title: `Readiness report: ${subject}`,
      creator: `rekindle ${report.version}`,
      creationDate: new Date(report.at),
    },
    pageSize: 'A4',
    pageMargins: [36, 40, 36, 44],
    language: 'en',
    defaultStyle: { font: 'Roboto', fontSize: 9, lineHeight: 1.15, color: light.text },
    styles: {
      h1: { fontSize: 20, bold: true },
      h2: { fontSize: 13, bold: true, margin: [0, 14, 0, 4] },
      h3: { fontSize: 10, bold: true },
      head: { fontSize: 8, color: light.faint, bold: true },
      table: { fontSize: 8, margin: [0, 3, 0, 6] },
      fact: { fontSize: 7, color: light.faint },
      code: { fontSize: 7.5, background: light.code },
    },
    footer: (page: number, pages: number) => ({
      columns: [
        { text: `Readiness report: ${subject}`, fontSize: 7, color: light.faint },
        { text: `${page} of ${pages}`, alignment: 'right', fontSize: 7, color: light.faint },
      ],
      margin: [36, 12, 36, 0],
    }),
    pageBreakBefore: isLeftAlone,
    content: pdfContent(report),
  };
  const withLayouts = { ...definition, content: withLayout(definition.content) };
  return pdfmake.createPdf(withLayouts).getBuffer();
}

/** Puts the layout itself where it is named: named ones are kept by pdfmake for all documents. */
function withLayout(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((part) => withLayout(part));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === 'layout' && part === 'lines' ? lines : withLayout(part),
    ]),
  );
}
