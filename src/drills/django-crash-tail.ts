import { crashTailDrill } from './crash-tail.ts';

/** Web servers that wait for 80 s: long enough to tell help from patience. */
export const djangoCrashTail = crashTailDrill({
  id: 'django-crash-tail',
  seconds: 80,
  within: 300,
});
