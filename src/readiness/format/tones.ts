import type { Survival } from '../cluster/survival.ts';
import type { Severity } from '../finding.ts';
import type { ProductionRow } from '../production/row.ts';
import type { Tone } from './html/colors.ts';

/** How each word of the report is coloured, in the page and on paper. */
export const severityTone: Readonly<Record<Severity, Tone>> = {
  high: 'bad',
  medium: 'warn',
  low: 'mild',
  info: 'calm',
};

export const stateTone: Readonly<Record<ProductionRow['state'], Tone>> = {
  yes: 'good',
  partly: 'mild',
  no: 'bad',
  unknown: 'warn',
};

export const survivalTone: Readonly<Record<Survival['answer'], Tone>> = {
  kept: 'good',
  part: 'mild',
  lost: 'bad',
  unknown: 'warn',
  none: 'calm',
};
