import { defineCommand } from '../command-manifest.ts';
import { parseFormat, parseLevel, type ReportOptions } from './report-options.ts';

export const reportCommand = defineCommand<ReportOptions>({
  name: 'report',
  text: 'say whether the stack is ready for production, and what to fix first (reads only)',
  examples: [
    ['rekindle report', 'as Markdown, on standard output'],
    ['rekindle report --format html --out report.html', 'one file for people; also pdf'],
    ['rekindle report --manifests ./k8s --format sarif --out report.sarif', 'of files, without a cluster'],
    [
      'rekindle report --fail-on high',
      'ends with 1 when something of high weight was found, 2 when not known',
    ],
  ],
  flags: [
    ['--format <format>', 'markdown (default), html, pdf, json or sarif', parseFormat],
    ['--out <file>', 'write it into this file, in one step; one that is there is replaced'],
    [
      '--fail-on <level>',
      'high, medium, low or info: end with 1 when something as bad is found, with 2 when that could not be looked at',
      parseLevel,
    ],
    [
      '--manifests <folder>',
      'judge YAML files in place of a cluster: a folder with all below it, or one file',
    ],
  ],
  load: async () => (await import('./report.ts')).report,
});
