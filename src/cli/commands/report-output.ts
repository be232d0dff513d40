import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { htmlReport } from '../../readiness/format/html/page.ts';
import { reportJson, reportSchemaId } from '../../readiness/format/json.ts';
import { markdownReport } from '../../readiness/format/markdown.ts';
import { sarifReport } from '../../readiness/format/sarif.ts';
import type { ReadinessReport } from '../../readiness/report.ts';
import { writeNewFile } from '../../record/durable-file.ts';
import { causeText, ExplainedError } from '../../record/explained-error.ts';
import { document } from '../../report/json.ts';
import type { ReportFormat } from './report-options.ts';

/** The file could not be written. */
export class ReportNotWritten extends ExplainedError {
  override readonly name = 'ReportNotWritten';
}

/** The last part of the schema's name is the name of the command. */
const command = reportSchemaId.slice(reportSchemaId.lastIndexOf('/') + 1);

const makers: Readonly<
  Record<ReportFormat, (report: ReadinessReport) => Promise<Uint8Array | string> | string>
> = {
  markdown: markdownReport,
  html: htmlReport,
  json: (report) => document(command, reportJson(report)),
  sarif: sarifReport,
  // pdfmake and its fonts are large: loaded only when one is made.
  pdf: async (report) => (await import('../../readiness/format/pdf/document.ts')).pdfReport(report),
};

/** The report in one format. */
export async function formatted(report: ReadinessReport, format: ReportFormat): Promise<Uint8Array | string> {
  return makers[format](report);
}

/** Writes the file whole or not at all; gives its absolute path. Throws ReportNotWritten. */
export function writeReport(out: string, content: Uint8Array | string): string {
  const file = path.resolve(out);
  const part = `${file}.${process.pid}.part`;
  try {
    writeNewFile(part, content, 0o644);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw new ReportNotWritten({
      what: 'The report was not written',
      cause: causeText(error),
      place: file,
      next: 'Name a file in a folder that is there and can be written: --out FILE.',
    });
  }
  return file;
}
