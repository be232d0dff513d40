import { accidentCases } from './accidents.ts';
import type { RefusalCase } from './define-case.ts';
import { podCases } from './pods.ts';
import { secretCases } from './secrets.ts';
import { stepCases } from './steps.ts';
import { targetCases } from './targets.ts';

/** Every case, those that need nothing first. */
export const refusalCases: readonly RefusalCase[] = [
  ...targetCases,
  ...accidentCases,
  ...secretCases,
  ...podCases,
  ...stepCases,
];
