import { djangoCrashTailDrill } from './crash-tail.ts';

/** Web servers that wait for 80 s: long enough to tell help from patience. */
export const djangoCrashTail = djangoCrashTailDrill('django-crash-tail', 80, 300);
