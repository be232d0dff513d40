import { InvalidArgumentError } from 'commander';

import { severities, type Severity } from '../../readiness/finding.ts';

/** Formats of a report. */
export const reportFormats = ['markdown', 'html', 'pdf', 'json', 'sarif'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Options of `report`. */
export interface ReportOptions {
  readonly format?: ReportFormat;
  readonly out?: string;
  readonly failOn?: Severity;
  readonly manifests?: string;
}

function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new InvalidArgumentError(`write one of ${words.join(', ')}.`);
    return found;
  };
}

/** Parses a format; throws commander's InvalidArgumentError. */
export const parseFormat = oneOf(reportFormats);

/** Parses a level of `--fail-on`; throws commander's InvalidArgumentError. */
export const parseLevel = oneOf(severities);
