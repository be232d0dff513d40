import { slowStartDrill } from './slow-start.ts';

/** Long enough to look like a fault, short enough for every test run. */
export const djangoStartsWithinAMinute = slowStartDrill('django-starts-within-a-minute', 60);
