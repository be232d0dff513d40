import { accidentCases } from './accidents.ts';
import { againCases } from './again.ts';
import { apiGoneCases } from './api-gone.ts';
import { clockCases } from './clock.ts';
import type { RefusalCase } from './define-case.ts';
import { engineCases } from './engine.ts';
import { hostileCases } from './hostile.ts';
import { killCases } from './kills.ts';
import { leakCases } from './leaks.ts';
import { podCases } from './pods.ts';
import { proxyCases } from './proxies.ts';
import { secretCases } from './secrets.ts';
import { signalCases } from './signals.ts';
import { stateFolderCases } from './state-folder.ts';
import { stepCases } from './steps.ts';
import { targetCases } from './targets.ts';
import { terminalCases } from './terminal.ts';

/** Every case, those that need nothing first and those that take longest last. */
export const refusalCases: readonly RefusalCase[] = [
  ...targetCases,
  ...engineCases,
  ...accidentCases,
  ...stateFolderCases,
  ...terminalCases,
  ...proxyCases,
  ...secretCases,
  ...podCases,
  ...stepCases,
  ...againCases,
  ...hostileCases,
  ...leakCases,
  ...clockCases,
  ...apiGoneCases,
  ...signalCases,
  ...killCases,
];
