import { slowStartDrill } from './slow-start.ts';

/** As long as the shop's real web server was seen to need on its owner's machine. */
export const djangoSlowStart = slowStartDrill('django-slow-start', 240);
